//! Account: someone who signs in and works here; what each role may do, and at which publications. How often a
//! wrong password is listened to is a law of this file too.

use super::id::{AccountId, PublicationId};
use super::language::Language;
use super::notice::Wants;
use std::time::Duration;

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

/// What a page or a verb of the desk asks of whoever comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Looks after one's own account: everyone who is signed in.
    Own,
    /// Sees issues, editions, dates, and how dispatches stand, in numbers.
    Look,
    /// Imports and changes issues, submits them, tries them.
    Edit,
    /// Approves editions or sends them back.
    Approve,
    /// Starts, pauses and settles dispatches, and sets dates.
    Dispatch,
    /// Sees readers by name and address: lists, the delivery log.
    SeeReaders,
    /// Changes readers and lists.
    KeepReaders,
    /// Changes a publication's facts and rules.
    KeepPublication,
    /// Sees who did what.
    SeeAudit,
    /// Changes accounts, publications and relays of the whole house.
    KeepHouse,
}

impl Role {
    /// All of them, the mightiest first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Editor, Self::Reviewer, Self::Auditor];

    /// The word in tables and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Reviewer => "reviewer",
            Self::Auditor => "auditor",
        }
    }

    /// Whether someone with this role may.
    pub fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Own | Permission::Look => true,
            Permission::Edit | Permission::Dispatch => matches!(self, Self::Admin | Self::Editor),
            Permission::Approve => matches!(self, Self::Admin | Self::Reviewer),
            Permission::SeeReaders => matches!(self, Self::Admin | Self::Editor | Self::Auditor),
            Permission::SeeAudit => matches!(self, Self::Admin | Self::Auditor),
            Permission::KeepReaders | Permission::KeepPublication | Permission::KeepHouse => self == Self::Admin,
        }
    }
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Own,
        Self::Look,
        Self::Edit,
        Self::Approve,
        Self::Dispatch,
        Self::SeeReaders,
        Self::KeepReaders,
        Self::KeepPublication,
        Self::SeeAudit,
        Self::KeepHouse,
    ];

    /// Whether it concerns every publication at once, so that a post at one of them is not enough.
    fn is_of_the_house(self) -> bool {
        matches!(self, Self::SeeAudit | Self::KeepHouse)
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    /// # Errors
    /// A sentence that names the four words when it is none of them.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|role| role.word() == word);
        found.ok_or_else(|| format!("'{word}' is no role; use admin, editor, reviewer or auditor"))
    }
}

/// Someone who works here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub id: AccountId,
    /// Their address, in lower case.
    pub email: String,
    /// What they are called, if they said.
    pub name: Option<String>,
    /// Where they may work, and as what.
    pub rights: Rights,
    /// Whether nobody signs in to it any more.
    pub is_closed: bool,
    /// Which notices they want.
    pub wants: Wants,
    /// The language of their notices; none is that of what they are about.
    pub language: Option<Language>,
}

impl Account {
    /// What pages call them.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }
}

/// Where an account may work, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// The account's own role.
    pub role: Role,
    /// Its posts. With any, it works at these publications only, by the role of each; without, at all.
    pub posts: Vec<(PublicationId, Role)>,
}

impl Rights {
    /// The role at one publication; none where the account has nothing to do there.
    pub fn role_at(&self, publication: PublicationId) -> Option<Role> {
        if self.posts.is_empty() {
            return Some(self.role);
        }
        self.posts.iter().find(|(at, _)| *at == publication).map(|(_, role)| *role)
    }

    /// Whether something may be done at one publication.
    pub fn may_at(&self, permission: Permission, publication: PublicationId) -> bool {
        self.role_at(publication).is_some_and(|role| role.may(permission))
    }

    /// Whether something may be done at all: at one publication at least, or in the house where it concerns that.
    pub fn may(&self, permission: Permission) -> bool {
        if self.posts.is_empty() {
            return self.role.may(permission);
        }
        !permission.is_of_the_house() && self.posts.iter().any(|(_, role)| role.may(permission))
    }
}

/// How long a session lasts: a long working day, so that nobody is asked twice and no forgotten browser is open the
/// next morning.
pub const SESSION: Duration = Duration::from_hours(12);

/// How long an invitation can be taken up.
pub const INVITATION: Duration = Duration::from_hours(72);

/// How long the link in a letter lets its bearer choose a new password.
pub const RESET: Duration = Duration::from_hours(1);

/// So many such letters go to an account in that time, and no more: nobody's mailbox is filled by a stranger.
pub const RESETS: u32 = 3;

/// How long nothing is listened to after so many wrong passwords in a row: nothing after three slips, then twice as
/// long each time, and from the tenth on a quarter of an hour, which leaves a guesser a hundred tries a day.
pub fn rest_after(failures: u32) -> Duration {
    match failures {
        0..=3 => Duration::ZERO,
        4..=9 => Duration::from_secs(1 << (failures - 3)),
        _ => Duration::from_mins(15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Permission as P;

    #[test]
    fn each_role_may_what_its_work_needs() {
        let granted = |role: Role| P::ALL.into_iter().filter(|permission| role.may(*permission)).collect::<Vec<_>>();
        assert_eq!(granted(Role::Admin), P::ALL);
        assert_eq!(granted(Role::Editor), [P::Own, P::Look, P::Edit, P::Dispatch, P::SeeReaders]);
        assert_eq!(granted(Role::Reviewer), [P::Own, P::Look, P::Approve]);
        assert_eq!(granted(Role::Auditor), [P::Own, P::Look, P::SeeReaders, P::SeeAudit]);
    }

    #[test]
    fn a_post_confines_to_its_publication_and_gives_nothing_of_the_house() {
        let (here, there) = (PublicationId(1), PublicationId(2));
        let everywhere = Rights { role: Role::Admin, posts: Vec::new() };
        assert!(everywhere.may_at(P::Edit, here) && everywhere.may_at(P::Edit, there) && everywhere.may(P::KeepHouse));

        let confined = Rights { role: Role::Admin, posts: vec![(here, Role::Admin)] };
        assert!(confined.may_at(P::KeepReaders, here) && confined.may(P::KeepReaders));
        assert!(!confined.may_at(P::Look, there) && !confined.may(P::KeepHouse) && !confined.may(P::SeeAudit));
        assert_eq!(confined.role_at(there), None);

        let two = Rights { role: Role::Editor, posts: vec![(here, Role::Reviewer), (there, Role::Editor)] };
        assert!(!two.may_at(P::Edit, here) && two.may_at(P::Edit, there) && two.may_at(P::Approve, here));
    }

    #[test]
    fn wrong_passwords_are_listened_to_ever_more_seldom() {
        let seconds = |failures| rest_after(failures).as_secs();
        assert_eq!([0, 3, 4, 5, 9, 10, 1_000].map(seconds), [0, 0, 2, 4, 64, 900, 900]);
    }
}
