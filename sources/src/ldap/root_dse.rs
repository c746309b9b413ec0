//! What a server says of itself (RFC 4512 §5.1).

use book::{Attributes, Scope};

use super::{Connection, Search};
use crate::SourceError;

/// The root DSE.
#[derive(Clone, Debug)]
pub struct RootDse(pub Attributes);

impl RootDse {
    /// Whether the server knows this control.
    pub fn has_control(&self, oid: &str) -> bool {
        self.0.texts("supportedControl").any(|known| known == oid)
    }
}

impl Connection {
    /// Reads the root DSE: the attributes that every server has there, and these.
    pub async fn root_dse(&mut self, attributes: &[&str]) -> Result<RootDse, SourceError> {
        let all = ["supportedControl", "namingContexts", "vendorName"];
        let attributes = all.iter().chain(attributes);
        let search = Search {
            base: String::new(),
            scope: Scope::Base,
            filter: "(objectClass=*)".to_owned(),
            attributes: attributes.map(|name| (*name).to_owned()).collect(),
            controls: Vec::new(),
        };
        let found = self.object(&search).await?;
        Ok(RootDse(
            found.map(|object| object.attributes).unwrap_or_default(),
        ))
    }
}
