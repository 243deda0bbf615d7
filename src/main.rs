//! The `factloom` program; see the library for what it does.

/// Millions of small strings are made and dropped in parallel, which takes this allocator half the time of glibc's. Without
/// huge pages, which the system would have to clear: two milliseconds of each command, and a sixth of a large build.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    factloom::cli::run()
}
