//! The address formats of GroupWise, with the numbers that its directory drivers document (attributes 50013, 50320).

/// A form of the local part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// `user.postoffice.domain`
    Full,
    /// `user.postoffice`
    Host,
    /// `user`
    User,
    /// `last.first`
    LastFirst,
    /// `first.last`
    FirstLast,
    /// First initial and last name: `flast`
    InitialLast,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Full,
        Self::Host,
        Self::User,
        Self::LastFirst,
        Self::FirstLast,
        Self::InitialLast,
    ];

    /// From the number of a preferred format. 5 is reserved.
    pub fn preferred(number: u64) -> Option<Self> {
        match number {
            0 => Some(Self::Full),
            1 => Some(Self::Host),
            2 => Some(Self::User),
            3 => Some(Self::LastFirst),
            4 => Some(Self::FirstLast),
            6 => Some(Self::InitialLast),
            _ => None,
        }
    }

    /// What it adds to the sum of disallowed formats.
    pub fn bit(self) -> u64 {
        match self {
            Self::Full => 1,
            Self::Host => 2,
            Self::User => 4,
            Self::LastFirst => 8,
            Self::FirstLast => 16,
            Self::InitialLast => 32,
        }
    }
}

/// The names that addresses are made of.
pub(super) struct Names<'a> {
    pub(super) id: &'a str,
    pub(super) post_office: Option<&'a str>,
    pub(super) domain: Option<&'a str>,
    pub(super) given_name: Option<&'a str>,
    pub(super) surname: Option<&'a str>,
}

impl Names<'_> {
    /// The local part of this form; `None` where a name is missing. What has no first and last name, such as a resource,
    /// has its id in their place only when addresses are shown, which brings no mail.
    pub(super) fn local_part(&self, format: Format) -> Option<String> {
        let join = |parts: &[&str]| parts.join(".");
        let local = match format {
            Format::Full => join(&[self.id, self.post_office?, self.domain?]),
            Format::Host => join(&[self.id, self.post_office?]),
            Format::User => self.id.to_owned(),
            Format::LastFirst => join(&[self.surname?, self.given_name?]),
            Format::FirstLast => join(&[self.given_name?, self.surname?]),
            Format::InitialLast => {
                let initial = self.given_name?.chars().next()?;
                format!("{initial}{}", self.surname?)
            }
        };
        // In an address a blank is written as an underscore, which the Internet Agent turns back.
        Some(local.replace(' ', "_"))
    }

    /// Its name within GroupWise: `domain.postoffice.user`.
    pub(super) fn full(&self) -> Option<String> {
        Some(format!(
            "{}.{}.{}",
            self.domain?, self.post_office?, self.id
        ))
    }
}
