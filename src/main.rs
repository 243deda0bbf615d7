//! The `factloom` program; see the library for what it does.

fn main() -> std::process::ExitCode {
    factloom::cli::run()
}
