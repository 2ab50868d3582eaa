//! Fields of a Word file: an instruction, then its result, which is what the page shows (ECMA-376 part 1, 17.16).

/// A field that is open.
#[derive(Debug, Default)]
pub(super) struct Field {
    instruction: String,
    /// Whether its result has begun.
    pub(super) result: bool,
    /// Where it leads, if a letter may.
    pub(super) href: Option<String>,
}

/// The longest instruction that is kept, in bytes.
const LONGEST: usize = 4_096;

impl Field {
    /// A field with its instruction.
    pub(super) fn of(instruction: String) -> Self {
        Self { instruction, ..Self::default() }
    }

    /// Goes on with the instruction.
    pub(super) fn say(&mut self, words: &str) {
        if !self.result && self.instruction.len() + words.len() <= LONGEST {
            self.instruction.push_str(words);
        }
    }

    fn name(&self) -> &str {
        self.instruction.split_whitespace().next().unwrap_or_default()
    }

    /// Whether it makes a contents list; lists of figures and tables are none.
    pub(super) fn is_contents(&self) -> bool {
        self.result && self.name().eq_ignore_ascii_case("TOC") && !self.instruction.contains("\\c")
    }

    /// Whether it draws an equation, which has no result.
    pub(super) fn is_equation(&self) -> bool {
        self.name().eq_ignore_ascii_case("EQ")
    }

    /// Where it leads outside of the document.
    pub(super) fn target(&self) -> Option<String> {
        if !self.name().eq_ignore_ascii_case("HYPERLINK") {
            return None;
        }
        let rest = self.instruction.trim_start()[self.name().len()..].trim_start();
        let target = match rest.strip_prefix(['"', '“']) {
            Some(quoted) => quoted.split(['"', '”']).next(),
            None => rest.split_whitespace().next(),
        };
        target.filter(|target| !target.is_empty() && !target.starts_with('\\')).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_where_its_instruction_says() {
        for (instruction, target) in [
            (" HYPERLINK \"https://a.cn/?b=1&c=2\" \\h ", Some("https://a.cn/?b=1&c=2")),
            ("hyperlink https://a.cn", Some("https://a.cn")),
            (" HYPERLINK \\l \"_Toc1\" ", None),
            (" PAGEREF _Toc1 \\h ", None),
            (" HYPERLINK ", None),
            ("", None),
        ] {
            assert_eq!(Field::of(instruction.into()).target().as_deref(), target, "{instruction}");
        }
    }
}
