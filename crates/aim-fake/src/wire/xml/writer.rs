//! Writes answers.

use std::fmt::Write as _;

use super::names::{INSTANCE, content_namespace, is_allowed, item_name, order};
use crate::model::settings::Settings;
use crate::model::types::Kind;
use crate::model::value::{Object, Value};
use crate::wire::{date, decimal};

/// Writes an answer; a character that XML does not allow truncates it.
#[must_use]
pub(crate) fn write(object: &Object, settings: &Settings) -> String {
    let of = object.of();
    document(of.name, of.namespace, settings, |writer| {
        writer.members(object)
    })
}

/// The writer found a character that XML does not allow.
struct Cut;

struct Writer<'a> {
    out: String,
    settings: &'a Settings,
    /// The namespaces in scope and their prefixes; the first has no prefix.
    namespaces: Vec<(&'static str, String)>,
    depth: usize,
}

fn document(
    name: &str,
    namespace: &'static str,
    settings: &Settings,
    content: impl FnOnce(&mut Writer<'_>) -> Result<(), Cut>,
) -> String {
    let mut writer = Writer {
        out: format!(
            r#"<?xml version="1.0" encoding="utf-8"?><{name} xmlns:i="{INSTANCE}" xmlns="{namespace}">"#
        ),
        settings,
        namespaces: vec![(namespace, String::new())],
        depth: 1,
    };
    if content(&mut writer).is_ok() {
        // The output ends after the root's content, or after its start tag.
        if writer.out.ends_with(&format!(r#" xmlns="{namespace}">"#)) {
            writer.out.pop();
            writer.out.push_str(" />");
        } else {
            writer.out.push_str(&format!("</{name}>"));
        }
    }
    writer.out
}

impl Writer<'_> {
    fn members(&mut self, object: &Object) -> Result<(), Cut> {
        let of = object.of();
        for index in order(of) {
            let member = &of.members[index];
            let declared = content_namespace(member.kind).filter(|inner| *inner != of.namespace);
            let value = &object.values()[index];
            self.value(member.name, of.namespace, declared, member.kind, value)?;
        }
        Ok(())
    }

    fn value(
        &mut self,
        name: &str,
        namespace: &'static str,
        declared: Option<&'static str>,
        kind: Kind,
        value: &Value,
    ) -> Result<(), Cut> {
        match (value, kind) {
            (Value::Null, _) => {
                let outer = self.start(name, namespace, declared);
                self.out.push_str(r#" i:nil="true" />"#);
                self.leave(outer);
                Ok(())
            }
            (Value::List(items), _) if items.is_empty() => {
                let outer = self.start(name, namespace, declared);
                self.out.push_str(" />");
                self.leave(outer);
                Ok(())
            }
            (Value::List(items), Kind::List(item)) => {
                let space = content_namespace(kind).unwrap_or(namespace);
                self.element(name, namespace, declared, |writer| {
                    items.iter().try_for_each(|value| {
                        writer.value(item_name(*item), space, None, *item, value)
                    })
                })
            }
            (Value::Object(object), _) => {
                self.element(name, namespace, declared, |writer| writer.members(object))
            }
            (value, _) => self.element(name, namespace, declared, |writer| writer.scalar(value)),
        }
    }

    fn scalar(&mut self, value: &Value) -> Result<(), Cut> {
        match value {
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Int(number) => {
                let _ = write!(self.out, "{number}");
            }
            Value::Decimal(number) => self.out.push_str(&decimal::write(*number)),
            Value::DateTime(date) => {
                self.out
                    .push_str(&date::write_xml(*date, self.settings.time_zone));
            }
            Value::String(text) => return self.text(text),
            Value::Null | Value::Object(_) | Value::List(_) => {}
        }
        Ok(())
    }

    fn element(
        &mut self,
        name: &str,
        namespace: &'static str,
        declared: Option<&'static str>,
        content: impl FnOnce(&mut Self) -> Result<(), Cut>,
    ) -> Result<(), Cut> {
        let outer = self.start(name, namespace, declared);
        self.out.push('>');
        content(self)?;
        self.out.push_str("</");
        self.qualified(name, namespace);
        self.out.push('>');
        self.leave(outer);
        Ok(())
    }

    /// Writes a start tag up to its last bracket. Returns the number of
    /// namespaces that are in scope outside it.
    fn start(
        &mut self,
        name: &str,
        namespace: &'static str,
        declared: Option<&'static str>,
    ) -> usize {
        let outer = self.namespaces.len();
        self.depth += 1;
        self.out.push('<');
        self.qualified(name, namespace);
        let new =
            declared.filter(|declared| self.namespaces.iter().all(|(known, _)| known != declared));
        if let Some(declared) = new {
            let prefix = format!("d{}p1", self.depth);
            let _ = write!(self.out, r#" xmlns:{prefix}="{declared}""#);
            self.namespaces.push((declared, prefix));
        }
        outer
    }

    fn leave(&mut self, outer: usize) {
        self.namespaces.truncate(outer);
        self.depth -= 1;
    }

    fn qualified(&mut self, name: &str, namespace: &'static str) {
        let prefix = self
            .namespaces
            .iter()
            .find(|(known, _)| *known == namespace);
        if let Some((_, prefix)) = prefix.filter(|(_, prefix)| !prefix.is_empty()) {
            self.out.push_str(prefix);
            self.out.push(':');
        }
        self.out.push_str(name);
    }

    /// Writes text. A text with a character that XML does not allow is lost as
    /// a whole.
    fn text(&mut self, text: &str) -> Result<(), Cut> {
        if !text.chars().all(is_allowed) {
            return Err(Cut);
        }
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                // Line breaks are written in the host's form.
                '\r' => {
                    letters.next_if_eq(&'\n');
                    self.out.push('\n');
                }
                _ => self.out.push(letter),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::json::object_from_json;
    use crate::model::schema::Schema;
    use crate::wire::errors::{Exception, error_response};

    const HEAD: &str = r#"<?xml version="1.0" encoding="utf-8"?>"#;
    const ROOT: &str = r#" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.datacontract.org/2004/07/AIM.WebService">"#;

    fn object(of: &str, value: &serde_json::Value) -> Object {
        object_from_json(Schema::embedded().named(of).unwrap(), value, "").unwrap()
    }

    fn written(of: &str, value: &serde_json::Value) -> String {
        let text = write(&object(of, value), &Settings::default());
        let text = text.strip_prefix(HEAD).unwrap();
        text.replace(ROOT, ">")
    }

    #[test]
    fn the_base_class_comes_first_and_then_the_alphabet() {
        assert_eq!(
            written(
                "C2BPostContractResponse",
                &json!({"Topic": "", "Status": {"Login": "l"}})
            ),
            "<C2BPostContractResponse><Status><DomainName i:nil=\"true\" />\
             <ErrorCode i:nil=\"true\" /><ErrorDisplayText i:nil=\"true\" />\
             <ErrorMessage i:nil=\"true\" /><IpAddress i:nil=\"true\" /><Login>l</Login>\
             <StatusCode i:nil=\"true\" /></Status><BaseUrl i:nil=\"true\" />\
             <PaymentRequired>false</PaymentRequired><Topic></Topic><WebRef i:nil=\"true\" />\
             </C2BPostContractResponse>"
        );
        let request = written(
            "GetContractDetailsRequest",
            &json!({"Sub": -3, "ApiKey": "k"}),
        );
        assert_eq!(
            request,
            "<GetContractDetailsRequest><ApiKey>k</ApiKey><OAuthToken i:nil=\"true\" />\
             <AppId i:nil=\"true\" /><DeviceId i:nil=\"true\" /><Token i:nil=\"true\" />\
             <Ref i:nil=\"true\" /><Sub>-3</Sub></GetContractDetailsRequest>"
        );
        // Capitals come before small letters.
        let contract = written("C2BPostContractRequest", &json!({}));
        assert!(contract.find("AIMSchoolId") < contract.find("AccessoryIdList"));
    }

    #[test]
    fn list_items_have_their_own_element_names() {
        assert_eq!(
            written(
                "ContractFulfillmentResponse",
                &json!({"MassUpdateErrors": [null, {"Ref": "x"}]})
            ),
            "<ContractFulfillmentResponse><Status i:nil=\"true\" /><MassUpdateErrors>\
             <UpdateContractErrorObj i:nil=\"true\" /><UpdateContractErrorObj>\
             <ErrorMessage i:nil=\"true\" /><Ref>x</Ref></UpdateContractErrorObj>\
             </MassUpdateErrors></ContractFulfillmentResponse>"
        );
        assert!(
            written(
                "ContractFulfillmentResponse",
                &json!({"MassUpdateErrors": []})
            )
            .ends_with("<MassUpdateErrors /></ContractFulfillmentResponse>")
        );
    }

    #[test]
    fn other_namespaces_are_declared_where_they_begin() {
        let arrays = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";
        let text = written(
            "ContractFulfillmentRequest",
            &json!({
                "DeletedAccessoryIds": [3],
                "MassUpdateItems": [{"DeletedAccessoryIds": [4]}, {}],
            }),
        );
        for part in [
            format!(
                "<DeletedAccessoryIds xmlns:d2p1=\"{arrays}\"><d2p1:long>3</d2p1:long></DeletedAccessoryIds>"
            ),
            format!(
                "<DeletedAccessoryIds xmlns:d4p1=\"{arrays}\"><d4p1:long>4</d4p1:long></DeletedAccessoryIds>"
            ),
            format!("<DeletedAccessoryIds xmlns:d4p1=\"{arrays}\" i:nil=\"true\" />"),
        ] {
            assert!(text.contains(&part), "{part}\n{text}");
        }
        let aim = "http://schemas.datacontract.org/2004/07/AIM";
        let text = written(
            "GetContractDetailsResponse",
            &json!({"Payments": [{"Amount": {"decimal": "1.50"}}]}),
        );
        let part = format!(
            "<Payments xmlns:d2p1=\"{aim}\"><d2p1:PaymentGeneric><d2p1:Amount>1.50</d2p1:Amount>\
             <d2p1:Date>0001-01-01T00:00:00</d2p1:Date><d2p1:Ref i:nil=\"true\" />\
             </d2p1:PaymentGeneric></Payments>"
        );
        assert!(text.contains(&part), "{text}");
    }

    #[test]
    fn text_is_escaped_and_a_control_character_ends_the_answer() {
        for (text, wanted) in [
            ("<b>&amp;\"'</b>", "&lt;b&gt;&amp;amp;\"'&lt;/b&gt;"),
            ("a\r\nb\rc\nd\te", "a\nb\nc\nd\te"),
            (
                "\u{7f}\u{85}\u{2028}\u{feff}🎻",
                "\u{7f}\u{85}\u{2028}\u{feff}🎻",
            ),
        ] {
            let xml = written("PostServiceTicketResponse", &json!({"WebRef": text}));
            assert!(xml.contains(&format!("<WebRef>{wanted}</WebRef>")), "{xml}");
        }
        for text in ["a\0", "a\u{1f}b", "\u{c}", "\u{ffff}"] {
            let xml = written("PostServiceTicketResponse", &json!({"WebRef": text}));
            assert!(xml.ends_with("<WebRef>"), "{xml}");
        }
    }

    #[test]
    fn an_error_has_its_own_order() {
        let exception = Exception::argument("ArgumentException", "m", "p");
        let text = write(
            &error_response(&exception, Some("t".to_owned())),
            &Settings::default(),
        );
        let arrays = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";
        assert_eq!(
            text,
            format!(
                "{HEAD}<ErrorResponse xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" \
                 xmlns=\"http://schemas.servicestack.net/types\"><ResponseStatus>\
                 <ErrorCode>ArgumentException</ErrorCode><Message>m\nParameter name: p</Message>\
                 <StackTrace>t</StackTrace><Errors><ResponseError>\
                 <ErrorCode>ArgumentException</ErrorCode><FieldName>p</FieldName><Message>m</Message>\
                 <Meta xmlns:d5p1=\"{arrays}\" i:nil=\"true\" /></ResponseError></Errors>\
                 <Meta xmlns:d3p1=\"{arrays}\" i:nil=\"true\" /></ResponseStatus></ErrorResponse>"
            )
        );
    }
}
