//! `yizhan gallery`: every kind of letter with invented contents, in files and on a page that shows them side by side:
//! for whoever changes how letters look, or chooses a theme. Touches no data folder.

use super::output;
use crate::compose::gallery::{Shown, of_edition, of_issue, of_notices, page};
use crate::compose::print;
use crate::domain::address::Mailbox;
use crate::domain::asset::Assets;
use crate::domain::attachment::Attachment;
use crate::domain::issue::Contents;
use crate::domain::language::Language;
use crate::domain::publication::{Profile, Undated};
use crate::intake::document;
use anyhow::Context as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Documents of the project's own: what each is called, and its bytes.
const CHINESE: (&str, &[u8]) = ("bulletin.zh-CN.txt", include_bytes!("../../samples/bulletin.zh-CN.txt"));
const ENGLISH: (&str, &[u8]) = ("bulletin.en.md", include_bytes!("../../samples/bulletin.en.md"));
const SPECIMEN: (&str, &[u8]) = ("specimen.zh-CN.md", include_bytes!("../../samples/specimen.zh-CN.md"));
const FIGURES: (&str, &[u8]) = ("figures.zh-CN.html", include_bytes!("../../samples/figures.zh-CN.html"));
const SHORT: (&str, &[u8]) = ("bulletin-next.zh-CN.txt", include_bytes!("../../samples/bulletin-next.zh-CN.txt"));

/// What goes with that one: by a plain name, and by one about as long as offices give.
const FILES: [(&str, &[u8]); 2] = [
    ("附件1：科技创新项目申报表.docx", include_bytes!("../../samples/form.zh-CN.docx")),
    (
        "附件2：2026年度云泽市重点研发计划“揭榜挂帅”项目现场评审日程安排与各承担单位答辩材料报送要求一览表.xlsx",
        include_bytes!("../../samples/timetable.zh-CN.xlsx"),
    ),
];

/// Every kind of letter with invented contents, in files and on a page that shows them side by side
#[derive(Debug, clap::Args)]
pub(super) struct Gallery {
    /// The folder that takes them; made where it is missing
    folder: PathBuf,
    /// Show an issue of this document too
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
}

impl Gallery {
    pub(super) fn run(&self, is_json: bool) -> anyhow::Result<()> {
        let mut letters = letters()?;
        if let Some(file) = &self.document {
            let profile = profile(Language::Chinese)?;
            let (contents, pictures) = read(&super::subscriber::name_of(file), &super::issue::read_document(file)?)?;
            let print = print(&profile, &contents)?;
            let letter = of_edition(&print, &pictures, ("document", "document")).map_err(anyhow::Error::msg)?;
            letters.insert(0, letter);
        }
        write(&self.folder, &letters)
            .with_context(|| format!("{} cannot be written; name a folder that can", self.folder.display()))?;
        let own = self.document.as_ref().map(|_| self.folder.join("document.html"));
        if is_json {
            let page = self.folder.join("index.html");
            output::json(&serde_json::json!({ "letters": letters.len(), "page": page, "document": own }));
            return Ok(());
        }
        let letters = output::count(i64::try_from(letters.len())?, "letter", "letters");
        output::line(format!("{letters}: open {}", self.folder.join("index.html").display()));
        if let Some(own) = own {
            output::line(format!("The letter of your document stands first there, and alone in {}", own.display()));
        }
        Ok(())
    }
}

fn letters() -> anyhow::Result<Vec<Shown>> {
    let mut letters = Vec::new();
    for (language, (name, bytes)) in [(Language::Chinese, CHINESE), (Language::English, ENGLISH)] {
        let profile = profile(language)?;
        letters.extend(of_issue(&profile, &read(name, bytes)?.0, language.tag()).map_err(anyhow::Error::msg)?);
    }
    for (document, name, title) in [
        (SPECIMEN, "zh-CN-specimen", "every block"),
        (FIGURES, "zh-CN-figures", "a picture, and tables with merged cells"),
    ] {
        let (contents, pictures) = read(document.0, document.1)?;
        let print = print(&profile(Language::Chinese)?, &contents)?;
        letters.push(of_edition(&print, &pictures, (name, title)).map_err(anyhow::Error::msg)?);
    }
    letters.push(with_files()?);
    let house: Mailbox = "驿站 <desk@yunze.example>".parse()?;
    for language in [Language::Chinese, Language::English] {
        letters.extend(of_notices(&house, language).map_err(anyhow::Error::msg)?);
    }
    Ok(letters)
}

/// An issue with files for readers to keep or to fill in.
fn with_files() -> anyhow::Result<Shown> {
    let (mut contents, mut assets) = read(SHORT.0, SHORT.1)?;
    for (name, bytes) in FILES {
        let file = Attachment::beside(&contents.attachments, name, bytes);
        contents.attachments.push(file.map_err(|why| anyhow::anyhow!("{name}: {why:?}"))?);
        assets.keep(bytes.to_vec());
    }
    let print = print(&profile(Language::Chinese)?, &contents)?;
    of_edition(&print, &assets, ("zh-CN-attachments", "two attachments")).map_err(anyhow::Error::msg)
}

/// A document with the first of each choice taken, and its pictures.
fn read(name: &str, bytes: &[u8]) -> anyhow::Result<(Contents, Assets)> {
    let mut draft = document::read(name, bytes)?;
    for flag in draft.flags.iter().filter(|flag| flag.is_open()) {
        let effects = flag.default_key().and_then(|key| flag.effects_of(key)).unwrap_or_default();
        effects.iter().for_each(|effect| draft.contents.apply(effect));
    }
    Ok((draft.contents, draft.pictures))
}

fn profile(language: Language) -> anyhow::Result<Profile> {
    let (name, by) = match language {
        Language::Chinese => ("云泽科技观察", "云泽市科学技术信息中心"),
        Language::English => ("Yunze Science Review", "Yunze Institute of Science Information"),
    };
    Ok(Profile {
        slug: "review".parse().map_err(anyhow::Error::msg)?,
        name: name.into(),
        from: Mailbox { name: Some(name.into()), address: "review@yunze.example".parse()? },
        compiled_by: Some(by.into()),
        approvals: 0,
        language,
        zone: chrono_tz::Asia::Shanghai,
        undated: Undated::Ask,
        own_approval: false,
        motto: None,
        reply_to: None,
        theme: Default::default(),
        colophon: Vec::new(),
        testers: Vec::new(),
        extent: Default::default(),
    })
}

fn write(folder: &Path, letters: &[Shown]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    for (specimen, letter) in letters {
        let file = |end: &str| folder.join(format!("{}.{end}", specimen.name));
        for (end, html) in specimen.pages() {
            fs::write(file(end), html)?;
        }
        fs::write(file("txt"), &specimen.text)?;
        fs::write(file("eml"), letter)?;
    }
    fs::write(folder.join("index.html"), page(letters))
}
