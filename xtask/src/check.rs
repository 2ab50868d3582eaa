//! Check: formatting and lints. The plan of the house is a test (tests/arrows).

use crate::run::{Chore, cargo, run};

/// Formatting and lints of the whole workspace.
///
/// # Errors
/// When something is not as it should be.
pub(crate) fn check() -> Chore {
    run(cargo(&["fmt", "--all", "--check"]))?;
    run(cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))
}
