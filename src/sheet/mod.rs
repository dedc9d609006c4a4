//! Sheets: what a document shows, as cells or as pixels.
