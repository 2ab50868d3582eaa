//! Prepare: the query data in `.sqlx/`, with which the project builds without a database. A scratch
//! database is made from the migrations, and the library is checked against it; sqlx's macros then
//! write what they learned of each query.

use crate::run::{Chore, cargo, program, root, run, target};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Makes `.sqlx/` anew.
///
/// # Errors
/// When a migration or a query is wrong, or sqlite3 is missing.
pub(crate) fn prepare() -> Chore {
    let fresh = learn()?;
    let kept = root().join(".sqlx");
    empty(&kept)?;
    let data = read(&fresh)?;
    for (name, text) in &data {
        fs::write(kept.join(name), text).map_err(|error| cannot("write", &kept, &error))?;
    }
    println!("{} queries in .sqlx/; commit them with the code that they belong to.", data.len());
    Ok(())
}

/// Compares `.sqlx/` with what it would be.
///
/// # Errors
/// When it differs, naming each file.
pub(crate) fn compare() -> Chore {
    let fresh = read(&learn()?)?;
    let kept = read(&root().join(".sqlx")).unwrap_or_default();
    let names: std::collections::BTreeSet<_> = fresh.keys().chain(kept.keys()).collect();
    let differing: Vec<_> = names.into_iter().filter(|name| fresh.get(*name) != kept.get(*name)).collect();
    for name in &differing {
        println!("differs: .sqlx/{name}");
    }
    match differing.len() {
        0 => Ok(()),
        count => {
            Err(format!("{count} queries in .sqlx/ are not those of the code; run cargo xtask prepare and commit"))
        }
    }
}

/// Has the macros write their data into a scratch folder and gives that folder.
fn learn() -> Chore<PathBuf> {
    let scratch = target().join("prepare");
    let data = scratch.join("data");
    empty(&scratch)?;
    empty(&data)?;
    let database = scratch.join("scratch.db");
    migrate(&database)?;
    // The macros write only while the library is compiled, and cargo compiles what has changed.
    run(program("touch", &["src/lib.rs"]))?;
    let mut check = cargo(&["check", "--quiet", "--package", "yizhan", "--lib"]);
    check.env("DATABASE_URL", format!("sqlite:{}", database.display()));
    check.env("SQLX_OFFLINE_DIR", &data).env("SQLX_OFFLINE", "false");
    run(check)?;
    Ok(data)
}

/// Makes a database of all migrations, in the order of their names.
fn migrate(database: &Path) -> Chore {
    let folder = root().join("migrations");
    let files = fs::read_dir(&folder).map_err(|error| cannot("read", &folder, &error))?;
    let mut files: Vec<_> = files.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "sql"));
    files.sort();
    for file in files {
        let script = fs::File::open(&file).map_err(|error| cannot("read", &file, &error))?;
        let mut sqlite3 = program("sqlite3", &["-bail", "-batch"]);
        sqlite3.arg(database).stdin(Stdio::from(script));
        run(sqlite3).map_err(|why| format!("{}: {why}; if sqlite3 is missing, cargo xtask equip", file.display()))?;
    }
    Ok(())
}

fn empty(folder: &Path) -> Chore {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("empty", folder, &error)),
        _ => fs::create_dir_all(folder).map_err(|error| cannot("make", folder, &error)),
    }
}

fn read(folder: &Path) -> Chore<BTreeMap<String, String>> {
    let read = || -> io::Result<_> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            files.insert(entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path())?);
        }
        Ok(files)
    };
    read().map_err(|error| cannot("read", folder, &error))
}

fn cannot(verb: &str, what: &Path, error: &io::Error) -> String {
    format!("cannot {verb} {}: {error}", what.display())
}
