//! The `factloom` program: runs the command line of the library.

/// Faster than glibc's allocator for many small strings in parallel. Huge pages are disabled, because clearing them costs
/// two milliseconds per command.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    factloom::cli::run()
}
