//! The binary: hands the command line to cli and its exit status to the shell.

fn main() -> std::process::ExitCode {
    yizhan::cli::main()
}
