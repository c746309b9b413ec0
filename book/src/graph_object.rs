//! Objects of Microsoft Graph as attributes.
//!
//! Texts, numbers and truth values stand under their own names, those of an inner object under `outer.inner`, the values
//! of a list side by side. `null` is no value. Of an assigned plan `service/capabilityStatus` is kept, of members
//! their ids, in `members@delta` those that came and in `members@removed` those that went; `@removed` holds its reason.

use serde_json::{Map, Value};

use crate::{AttributeError, Attributes};

/// The attributes of one object of a page.
///
/// # Errors
/// A bound of [`Attributes`] is passed.
pub fn attributes(object: &Map<String, Value>) -> Result<Attributes, AttributeError> {
    let mut attributes = Attributes::default();
    take(&mut attributes, "", object)?;
    Ok(attributes)
}

fn take(
    attributes: &mut Attributes,
    outer: &str,
    object: &Map<String, Value>,
) -> Result<(), AttributeError> {
    for (name, value) in object {
        match value {
            Value::Null => {}
            Value::Object(inner) if name == "@removed" => {
                let reason = inner.get("reason").and_then(Value::as_str);
                attributes.add("@removed", reason.unwrap_or("deleted").as_bytes())?;
            }
            // One level is all there is to what we ask for.
            Value::Object(inner) if outer.is_empty() => {
                take(attributes, &format!("{name}."), inner)?
            }
            Value::Object(_) => {}
            Value::Array(list) => {
                for item in list {
                    element(attributes, &format!("{outer}{name}"), item)?;
                }
            }
            scalar => attributes.add(&format!("{outer}{name}"), text(scalar).as_bytes())?,
        }
    }
    Ok(())
}

fn element(attributes: &mut Attributes, name: &str, item: &Value) -> Result<(), AttributeError> {
    let Value::Object(object) = item else {
        return match item {
            Value::Null | Value::Array(_) => Ok(()),
            scalar => attributes.add(name, text(scalar).as_bytes()),
        };
    };
    let part = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    match name {
        "assignedPlans" => {
            let plan = format!("{}/{}", part("service"), part("capabilityStatus"));
            attributes.add(name, plan.as_bytes())
        }
        "members@delta" if object.contains_key("@removed") => {
            attributes.add("members@removed", part("id").as_bytes())
        }
        _ if object.contains_key("id") => attributes.add(name, part("id").as_bytes()),
        _ => Ok(()),
    }
}

fn text(scalar: &Value) -> String {
    match scalar {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: Value) -> Attributes {
        attributes(value.as_object().unwrap()).unwrap()
    }

    #[test]
    fn an_object_becomes_flat() {
        let found = of(json!({
            "id": "1", "accountEnabled": true, "mail": null, "proxyAddresses": ["SMTP:a@contoso.com", null, "smtp:b@contoso.com"],
            "onPremisesExtensionAttributes": {"extensionAttribute1": "notes", "extensionAttribute2": null, "deep": {"x": 1}},
            "assignedPlans": [{"service": "exchange", "capabilityStatus": "Enabled"}, {"service": "SharePoint"}],
            "members@delta": [{"@odata.type": "#microsoft.graph.user", "id": "2"}, {"id": "3", "@removed": {"reason": "deleted"}}],
        }));
        let check = |name: &str, expected: &[&str]| {
            assert_eq!(found.texts(name).collect::<Vec<_>>(), expected, "{name}");
        };
        check("accountEnabled", &["true"]);
        check("mail", &[]);
        check(
            "proxyAddresses",
            &["SMTP:a@contoso.com", "smtp:b@contoso.com"],
        );
        check(
            "onPremisesExtensionAttributes.extensionAttribute1",
            &["notes"],
        );
        check("onPremisesExtensionAttributes.extensionAttribute2", &[]);
        check("assignedPlans", &["exchange/Enabled", "SharePoint/"]);
        check("members@delta", &["2"]);
        check("members@removed", &["3"]);
        assert!(!found.has("deep.x"));
    }

    #[test]
    fn a_removed_object_says_why() {
        assert_eq!(
            of(json!({"id": "1", "@removed": {"reason": "changed"}})).text("@removed"),
            Some("changed")
        );
        assert_eq!(
            of(json!({"id": "1", "@removed": {}})).text("@removed"),
            Some("deleted")
        );
    }
}
