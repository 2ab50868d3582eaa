//! The roof: reads the settings, builds everything, joins it, stops it. The command line is a
//! contract: names and JSON fields stay. Exit status 0 done, 1 refused or failed (one sentence on
//! standard error), 2 wrong usage.

mod account;
mod apart;
mod audit;
mod backup;
mod check;
mod context;
mod delivery;
mod demo;
mod dispatch;
mod dkim;
mod edition;
mod gallery;
mod group;
mod issue;
mod keys;
mod list;
mod output;
mod progress;
mod publication;
pub mod relays;
mod schedule;
mod serve;
pub mod station;
mod subscriber;
mod user;

use crate::{actions, store};
use clap::{Parser, Subcommand};
use context::Context;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Sends each issue of a periodical to its subscribers by email, and can say what happened to every copy.
#[derive(Debug, Parser)]
#[command(name = "yizhan", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    everywhere: Everywhere,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Clone, Debug, clap::Args)]
struct Everywhere {
    #[arg(
        long,
        global = true,
        env = "YIZHAN_DATA",
        value_name = "DIR",
        help = "The folder with the database and all that belongs to it [default: ./data]"
    )]
    data: Option<PathBuf>,
    /// The settings; without it config/yizhan.toml, if it is there
    #[arg(long, global = true, env = "YIZHAN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Act as this account, by its email address; stands before the command, as in
    /// `yizhan --as you@office.example edition approve 1`
    // Only there: `delivery resolve` has an --as of its own.
    #[arg(long = "as", value_name = "ACCOUNT")]
    account: Option<String>,
    /// Print JSON for programs
    #[arg(long, global = true)]
    json: bool,
}

impl Everywhere {
    /// The data folder, from the root: what is said of it must not depend on where one stands.
    fn folder(&self) -> PathBuf {
        let folder = self.data.clone().unwrap_or_else(|| "data".into());
        std::path::absolute(&folder).unwrap_or(folder)
    }

    /// Refuses a folder without a database: a command that looks for something must not make an empty one.
    fn has_data(&self) -> anyhow::Result<()> {
        let folder = self.folder();
        match folder.join("yizhan.db").try_exists() {
            // What cannot be looked at is told apart where it is opened.
            Ok(true) | Err(_) => Ok(()),
            Ok(false) => anyhow::bail!(
                "there is no data in {}; name the data folder with --data, or begin one with `yizhan publication add`",
                folder.display()
            ),
        }
    }

    /// Says whose the database is, where this user may not use it.
    fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        let is_not_ours = error.chain().any(|cause| {
            matches!(cause.downcast_ref(), Some(store::Error::NotOurs))
                || matches!(cause.downcast_ref(), Some(actions::Error::Store(store::Error::NotOurs)))
        });
        let folder = self.folder();
        match user::owner(&folder.join("yizhan.db"))
            .or_else(|| user::owner(&folder))
            .filter(|owner| is_not_ours && *owner != user::own())
        {
            Some(owner) => anyhow::anyhow!(
                "the database in {} may not be written to by {}; nothing was changed: run this as {owner}, whom it belongs to",
                folder.display(),
                user::own()
            ),
            None => error,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The whole main job on embedded parts, on a fresh data folder: try it first
    Demo(demo::Demo),
    /// The service: keeps the hours and sends what is due
    Serve,
    /// Publications
    #[command(subcommand)]
    Publication(publication::Publication),
    /// Lists of readers
    #[command(subcommand)]
    List(list::List),
    /// Groups: readers chosen by a rule
    #[command(subcommand)]
    Group(group::Group),
    /// Readers
    #[command(subcommand)]
    Subscriber(subscriber::Subscriber),
    /// Issues: import, list, answer questions, show, export
    #[command(subcommand)]
    Issue(issue::Issue),
    /// Editions: submit, list, approve, send back, try
    #[command(subcommand)]
    Edition(edition::Edition),
    /// Dispatches: start, list, show, pause, resume, cancel
    #[command(subcommand)]
    Dispatch(dispatch::Dispatch),
    /// Schedules: what goes out by itself, and when
    #[command(subcommand)]
    Schedule(schedule::Schedule),
    /// Sends what is due until nothing is, then exits
    Courier,
    /// Deliveries: the log, and what is uncertain
    #[command(subcommand)]
    Delivery(delivery::Delivery),
    /// DKIM: keys that sign letters, and their DNS records
    #[command(subcommand)]
    Dkim(dkim::Dkim),
    /// Accounts
    #[command(subcommand)]
    Account(account::Account),
    Audit(audit::Audit),
    Gallery(gallery::Gallery),
    Check(check::Check),
    Backup(backup::Backup),
    Restore(backup::Restore),
    #[command(hide = true)]
    Apart(apart::Apart),
}

impl Command {
    /// Whether it may be the first in a new data folder.
    fn may_begin(&self) -> bool {
        matches!(
            self,
            Self::Serve
                | Self::Publication(publication::Publication::Add { .. })
                | Self::Account(account::Account::Add { .. })
                | Self::Dkim(dkim::Dkim::New { .. })
        )
    }
}

impl Command {
    /// Whether it sends, or writes links: then the settings must be right. All others also work while they are not.
    fn goes_by_settings(&self) -> bool {
        match self {
            Self::Demo(_) | Self::Serve | Self::Courier | Self::Check(_) | Self::Restore(_) => true,
            Self::Issue(command) => matches!(command, issue::Issue::Export { .. }),
            Self::Edition(command) => matches!(command, edition::Edition::Try { .. }),
            Self::Dispatch(command) => {
                matches!(command, dispatch::Dispatch::Start { .. } | dispatch::Dispatch::Resend { .. })
            }
            Self::Account(command) => {
                matches!(command, account::Account::Add { .. } | account::Account::Invite { .. })
            }
            Self::Publication(_) | Self::List(_) | Self::Group(_) | Self::Subscriber(_) | Self::Schedule(_) => false,
            Self::Delivery(_) | Self::Dkim(_) | Self::Audit(_) | Self::Backup(_) | Self::Gallery(_) => false,
            Self::Apart(_) => false,
        }
    }
}

/// Runs the command that was typed.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // Before a thread or a file: the limits of a reader that stands apart hold for all it does.
    if let Command::Apart(apart) = cli.command {
        return apart.run();
    }
    crate::apart::by_this_program();
    // A service tells its log what goes on; a command says it itself, in one sentence. What takes long in a
    // command (a backup's VACUUM) is no news to who waits for it.
    let usual = if matches!(cli.command, Command::Serve) { "yizhan=info,warn" } else { "warn,sqlx::query=error" };
    let level = tracing_subscriber::EnvFilter::try_from_env("YIZHAN_LOG").unwrap_or_else(|_| usual.into());
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(level).with_writer(std::io::stderr).with_ansi(colours).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&anyhow::anyhow!("the machine gives no threads: {error}")),
    };
    let everywhere = cli.everywhere.clone();
    match runtime.block_on(run(cli)).map_err(|error| everywhere.explain(error)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error),
    }
}

#[expect(clippy::print_stderr, reason = "the command line speaks here")]
fn refuse(error: &anyhow::Error) -> ExitCode {
    eprintln!("yizhan: {error:#}");
    ExitCode::from(1)
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let (everywhere, command) = (cli.everywhere, cli.command);
    if let Command::Demo(demo) = command {
        return demo.run(everywhere).await;
    }
    if let Command::Gallery(gallery) = command {
        return gallery.run(everywhere.json);
    }
    // These look at what a data folder holds before anything is opened or made in it.
    if let Command::Restore(restore) = command {
        return restore.run(&everywhere).await;
    }
    if let Command::Check(asked) = command {
        return check::check(&asked, &everywhere).await;
    }
    if !command.may_begin() {
        everywhere.has_data()?;
    }
    let context = Context::open(&everywhere, command.goes_by_settings()).await?;
    let done = match command {
        Command::Demo(_) | Command::Gallery(_) | Command::Restore(_) | Command::Check(_) | Command::Apart(_) => Ok(()),
        Command::Serve => serve::serve(&context).await,
        Command::Publication(command) => command.run(&context).await,
        Command::List(command) => command.run(&context).await,
        Command::Group(command) => command.run(&context).await,
        Command::Subscriber(command) => command.run(&context).await,
        Command::Issue(command) => command.run(&context).await,
        Command::Edition(command) => command.run(&context).await,
        Command::Dispatch(command) => command.run(&context).await,
        Command::Schedule(command) => command.run(&context).await,
        Command::Courier => station::courier(&context).await,
        Command::Delivery(command) => command.run(&context).await,
        Command::Dkim(command) => command.run(&context).await,
        Command::Account(command) => command.run(&context).await,
        Command::Audit(command) => command.run(&context).await,
        Command::Backup(command) => command.run(&context).await,
    };
    context.store.close().await;
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn every_command_and_option_has_its_own_name() {
        Cli::command().debug_assert();
        let typed = ["yizhan", "--as", "a@b.cn", "delivery", "resolve", "7", "--as", "closed"];
        let cli = Cli::try_parse_from(typed).expect("an account and a settlement are told apart");
        assert_eq!(cli.everywhere.account.as_deref(), Some("a@b.cn"));
    }
}
