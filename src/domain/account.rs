//! Account: someone who signs in and works here, with a role.

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Manages lists, publications and accounts.
    Admin,
    /// Imports, submits, dispatches.
    Editor,
    /// Approves or sends back.
    Reviewer,
    /// Reads everything, changes nothing.
    Auditor,
}

impl Role {
    /// The word in tables and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Reviewer => "reviewer",
            Self::Auditor => "auditor",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    /// # Errors
    /// A sentence that names the four words when it is none of them.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Admin, Self::Editor, Self::Reviewer, Self::Auditor]
            .into_iter()
            .find(|role| role.word() == word)
            .ok_or_else(|| format!("'{word}' is no role; use admin, editor, reviewer or auditor"))
    }
}
