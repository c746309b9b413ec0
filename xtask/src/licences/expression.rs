//! SPDX licence expressions: names joined by OR, AND and brackets, AND binding
//! closer. `A/B`, which older crates write, means OR.

/// Whether we may use what comes under `expression`, if `allowed` are the names we accept.
pub(crate) fn holds(
    expression: &str,
    allowed: impl Fn(&str) -> bool,
) -> Result<bool, &'static str> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = Words {
        words: spaced.split_whitespace().collect(),
        at: 0,
    };
    let holds = words.any_of(&allowed)?;
    match words.next() {
        None => Ok(holds),
        Some(_) => Err("cannot be read to its end"),
    }
}

struct Words<'a> {
    words: Vec<&'a str>,
    at: usize,
}

impl<'a> Words<'a> {
    fn any_of(&mut self, allowed: &impl Fn(&str) -> bool) -> Result<bool, &'static str> {
        let mut holds = self.all_of(allowed)?;
        while self.take("OR") {
            holds |= self.all_of(allowed)?;
        }
        Ok(holds)
    }

    fn all_of(&mut self, allowed: &impl Fn(&str) -> bool) -> Result<bool, &'static str> {
        let mut holds = self.one(allowed)?;
        while self.take("AND") {
            holds &= self.one(allowed)?;
        }
        Ok(holds)
    }

    fn one(&mut self, allowed: &impl Fn(&str) -> bool) -> Result<bool, &'static str> {
        if self.take("(") {
            let holds = self.any_of(allowed)?;
            return match self.take(")") {
                true => Ok(holds),
                false => Err("a bracket is not closed"),
            };
        }
        let name = match self.next() {
            None | Some("OR" | "AND" | "WITH" | ")") => return Err("a name is missing"),
            Some(name) => name,
        };
        if !self.take("WITH") {
            return Ok(allowed(name));
        }
        let exception = self.next().ok_or("an exception is missing")?;
        Ok(allowed(&format!("{name} WITH {exception}")))
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at) == Some(&word);
        self.at += usize::from(found);
        found
    }

    fn next(&mut self) -> Option<&'a str> {
        let word = self.words.get(self.at).copied();
        self.at += usize::from(word.is_some());
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, expected: Result<bool, &'static str>) {
        let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"];
        assert_eq!(
            holds(expression, |name| allowed.contains(&name)),
            expected,
            "{expression}"
        );
    }

    #[test]
    fn expressions_are_judged() {
        check("MIT", Ok(true));
        check("GPL-2.0-only", Ok(false));
        check("GPL-2.0-only OR MIT", Ok(true));
        check("GPL-2.0-only/MIT", Ok(true));
        check("GPL-2.0-only AND MIT", Ok(false));
        check("ISC AND (GPL-2.0-only OR MIT)", Ok(true));
        check("MIT OR ISC AND GPL-2.0-only", Ok(true));
        check("(MIT OR ISC) AND GPL-2.0-only", Ok(false));
        check("Apache-2.0", Ok(false));
        check("Apache-2.0 WITH LLVM-exception", Ok(true));
        check("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only", Ok(true));
    }

    #[test]
    fn nonsense_is_not_allowed() {
        check("", Err("a name is missing"));
        check("MIT OR", Err("a name is missing"));
        check("(MIT", Err("a bracket is not closed"));
        check("MIT ISC", Err("cannot be read to its end"));
        check("MIT WITH", Err("an exception is missing"));
    }
}
