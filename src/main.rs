//! The command line of zhuanban; see `lib.rs` for the map of the program.

fn main() -> std::process::ExitCode {
    zhuanban::cli::main()
}
