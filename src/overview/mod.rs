//! What the office looks at and prints for itself, all of it private: [`standing`] computes which units have registered
//! and which are missing, [`missing`] whom to remind of them, [`text`] and [`report`] show that, [`roster`] is the whole register.

pub mod missing;
pub mod report;
pub mod roster;
mod sheet;
pub mod standing;
#[cfg(test)]
mod tests;
pub mod text;
