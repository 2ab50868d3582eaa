//! Source: one file as the laws see it: its tokens without comments, texts and tests, and the paths
//! among them. A reader of names, not a parser of Rust.

/// A source file.
pub(crate) struct Source {
    /// Its name from the root on: `src/store/issue.rs`.
    pub(crate) name: String,
    tokens: Vec<String>,
    /// The modules that it declares for tests only, each a file or folder of its own.
    test_modules: Vec<String>,
}

/// Leaves out the files that hold tests only: these may look at the whole house.
pub(crate) fn leave_out_tests(sources: &mut Vec<Source>) {
    let mut tests = Vec::new();
    for source in sources.iter() {
        let parent = source.module().iter().map(|part| format!("{part}/")).collect::<String>();
        tests.extend(source.test_modules.iter().map(|module| format!("{parent}{module}")));
    }
    sources.retain(|source| {
        let own = source.module().join("/");
        !tests.iter().any(|test| own.strip_prefix(test).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    });
}

impl Source {
    /// Reads a file's text.
    pub(crate) fn read(name: &str, text: &str) -> Self {
        let (tokens, test_modules) = without_tests(tokens(&without_texts(text)));
        Self { name: name.to_owned(), tokens, test_modules }
    }

    /// The door it stands behind; none for `lib.rs` and `main.rs`.
    pub(crate) fn door(&self) -> Option<&str> {
        self.module().first().copied()
    }

    /// Whether it is one of the places, each a folder or file from `src/` on.
    pub(crate) fn is_in(&self, places: &[&str]) -> bool {
        let own = self.name.strip_prefix("src/").unwrap_or(&self.name);
        let holds =
            |place: &&str| own.strip_prefix(*place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        places.iter().any(holds) || places.iter().any(|place| own == format!("{place}.rs"))
    }

    /// Whether these tokens stand in it, one after the other.
    pub(crate) fn has(&self, wanted: &[&str]) -> bool {
        self.tokens.windows(wanted.len()).any(|tokens| tokens == wanted)
    }

    /// Whether a path in it begins with this name, which may have two parts (`tokio::net`).
    pub(crate) fn names(&self, name: &str) -> bool {
        match name.split_once("::") {
            None => self.starts().any(|at| self.tokens[at] == name),
            Some((first, second)) => {
                self.starts().any(|at| self.tokens[at] == first && self.heads(at + 1).contains(&second))
            }
        }
    }

    /// Every door that a path in it leads to, by `crate::` or by climbing with `super::`.
    pub(crate) fn doors_named(&self) -> Vec<&str> {
        let depth = self.module().len();
        let mut doors = Vec::new();
        for start in self.starts() {
            let mut at = start;
            while self.token(at) == "super" && self.token(at + 2) == "super" {
                at += 2;
            }
            let climbs_out = self.token(at) == "super" && (at - start) / 2 + 1 == depth;
            if self.token(at) == "crate" || climbs_out {
                doors.extend(self.heads(at + 1));
            }
        }
        doors
    }

    /// Every name that it defines: functions, types, constants, modules.
    pub(crate) fn definitions(&self) -> Vec<&str> {
        const KEYWORDS: [&str; 9] = ["fn", "struct", "enum", "trait", "type", "const", "static", "mod", "union"];
        let defines = |pair: &&[String]| KEYWORDS.contains(&pair[0].as_str()) && is_name(&pair[1]);
        self.tokens.windows(2).filter(defines).map(|pair| pair[1].as_str()).collect()
    }

    fn module(&self) -> Vec<&str> {
        let own = self.name.strip_prefix("src/").and_then(|own| own.strip_suffix(".rs")).unwrap_or_default();
        let own = own.strip_suffix("/mod").unwrap_or(own);
        own.split('/').filter(|part| !["", "lib", "main"].contains(part)).collect()
    }

    fn token(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", String::as_str)
    }

    /// Where a path begins: a name that goes on with `::` or is imported whole.
    fn starts(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.tokens.len()).filter(|&at| {
            let before = if at == 0 { "" } else { self.token(at - 1) };
            let goes_on = self.token(at + 1) == "::" || ["use", "crate"].contains(&before);
            is_name(self.token(at)) && goes_on && !["::", "."].contains(&before)
        })
    }

    /// The names right behind the `::` at a place: one, or all of a group.
    fn heads(&self, at: usize) -> Vec<&str> {
        if self.token(at) != "::" {
            return Vec::new();
        }
        if self.token(at + 1) != "{" {
            return vec![self.token(at + 1)];
        }
        let mut heads = Vec::new();
        let mut depth = 0;
        for at in at + 1..self.tokens.len() {
            match self.token(at) {
                "{" => depth += 1,
                "}" => depth -= 1,
                name if depth == 1 && is_name(name) && ["{", ","].contains(&self.token(at - 1)) => heads.push(name),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        heads
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut in_word = false;
    for letter in code.chars() {
        let is_word = letter.is_alphanumeric() || letter == '_';
        let doubles = letter == ':' && tokens.last().is_some_and(|last| last == ":") && !in_word;
        match (is_word, in_word) {
            (true, true) => tokens.last_mut().unwrap().push(letter),
            _ if doubles => tokens.last_mut().unwrap().push(letter),
            _ if letter.is_whitespace() => {}
            _ => tokens.push(letter.to_string()),
        }
        in_word = is_word;
    }
    tokens
}

/// The tokens without those of test modules, and the test modules that are files of their own.
fn without_tests(tokens: Vec<String>) -> (Vec<String>, Vec<String>) {
    const MARK: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let (mut kept, mut elsewhere) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let name = at + MARK.len();
        if tokens[at..].len() > MARK.len() && tokens[at..name] == MARK {
            at = end_of_module(&tokens, name);
            if tokens.get(name + 1).is_some_and(|next| next == ";") {
                elsewhere.push(tokens[name].clone());
            }
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    (kept, elsewhere)
}

/// The place behind a module that begins here: behind its closing brace or its semicolon.
fn end_of_module(tokens: &[String], start: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 && ["}", ";"].contains(&token.as_str()) {
            return at + 1;
        }
    }
    tokens.len()
}

/// The code with a blank for each comment, text and character.
fn without_texts(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = comment(rest).or_else(|| raw_text(rest, &code)).or_else(|| quoted(rest));
        if skipped.is_none() {
            code.push(first);
        } else {
            code.push(' ');
        }
        rest = &rest[skipped.unwrap_or(first.len_utf8())..];
    }
    code
}

/// The length of the comment that begins here.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    let mut depth = 0;
    let mut at = 0;
    while rest.starts_with("/*") && at < rest.len() {
        let (step, deeper) = match rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (2, 1),
            [b'*', b'/', ..] => (2, -1),
            _ => (1, 0),
        };
        at += step;
        depth += deeper;
        if depth == 0 {
            break;
        }
    }
    (at > 0).then_some(at)
}

/// The length of the raw text that begins here, unless its `r` ends a word.
fn raw_text(rest: &str, before: &str) -> Option<usize> {
    let in_word = before.ends_with(|last: char| last.is_alphanumeric() && last != 'b');
    let hashes = rest.strip_prefix('r').filter(|_| !in_word)?;
    let opening = hashes.trim_start_matches('#');
    let count = hashes.len() - opening.len();
    let body = opening.strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(count));
    Some(2 + count + body.find(&closing)? + closing.len())
}

/// The length of the text or character that begins here; a lifetime is neither.
fn quoted(rest: &str) -> Option<usize> {
    let quote = rest.chars().next().filter(|first| ['"', '\''].contains(first))?;
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            _ if letter == quote => return Some(at + 1),
            _ if quote == '\'' && !rest[1..].starts_with('\\') && !rest[at + letter.len_utf8()..].starts_with('\'') => {
                return None;
            }
            _ => {}
        }
    }
    None
}
