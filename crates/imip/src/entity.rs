//! What the header of a message or part says about its body (RFC 2045, RFC 2183).

use crate::header::fields;
use crate::parameters::Parameterized;

/// The MIME fields of one header; of a field given twice the first counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entity {
    content_type: Option<Parameterized>,
    disposition: Option<Parameterized>,
    transfer_encoding: Option<Parameterized>,
}

/// How the walker goes on after a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// Parts follow between lines of this boundary.
    Multipart {
        boundary: Vec<u8>,
        children: ImplicitType,
    },
    /// May hold calendar data.
    Candidate,
    /// Anything else, a forwarded message among it.
    Other,
}

/// The type of a part that names none (RFC 2046 section 5.1.5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ImplicitType {
    /// text/plain.
    #[default]
    Text,
    /// message/rfc822, inside multipart/digest.
    Message,
}

impl Entity {
    pub(crate) fn read(header: &[u8]) -> Self {
        let mut entity = Self::default();
        for field in fields(header) {
            let slot = if field.is("Content-Type") {
                &mut entity.content_type
            } else if field.is("Content-Disposition") {
                &mut entity.disposition
            } else if field.is("Content-Transfer-Encoding") {
                &mut entity.transfer_encoding
            } else {
                continue;
            };
            slot.get_or_insert_with(|| Parameterized::read(&field));
        }
        entity
    }

    pub(crate) fn role(&self, implicit: ImplicitType) -> Role {
        let content_type = self.content_type();
        if content_type.starts_with("multipart/") {
            return self.multipart();
        }
        let forwarded = match implicit {
            ImplicitType::Message => content_type.is_empty(),
            ImplicitType::Text => false,
        };
        if forwarded || matches!(content_type, "message/rfc822" | "message/global") {
            Role::Other
        } else if self.is_calendar() {
            Role::Candidate
        } else {
            Role::Other
        }
    }

    /// The type and subtype in lower case, empty where there is none.
    pub(crate) fn content_type(&self) -> &str {
        self.content_type
            .as_ref()
            .map_or("", |content_type| content_type.value.as_str())
    }

    /// The transfer encoding, empty where there is none.
    pub(crate) fn transfer_encoding(&self) -> &str {
        self.transfer_encoding
            .as_ref()
            .map_or("", |encoding| encoding.value.as_str())
    }

    /// A parameter of the Content-Type, as text.
    pub(crate) fn type_parameter(&self, name: &str) -> Option<String> {
        let value = self.content_type.as_ref()?.parameter(name)?;
        Some(String::from_utf8_lossy(value.trim_ascii()).into_owned())
    }

    fn multipart(&self) -> Role {
        let boundary = self
            .content_type
            .as_ref()
            .and_then(|content_type| content_type.parameter("boundary"));
        let boundary = boundary.unwrap_or_default().trim_ascii_end().to_vec();
        if boundary.is_empty() {
            return Role::Other;
        }
        let children = match self.content_type() {
            "multipart/digest" => ImplicitType::Message,
            _ => ImplicitType::Text,
        };
        Role::Multipart { boundary, children }
    }

    fn is_calendar(&self) -> bool {
        let names_file = |field: &Option<Parameterized>, name| {
            field
                .as_ref()
                .is_some_and(|field| field.ends_with(name, ".ics"))
        };
        matches!(self.content_type(), "text/calendar" | "application/ics")
            || ["name", "filename"].into_iter().any(|name| {
                names_file(&self.content_type, name) || names_file(&self.disposition, name)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(header: &str) -> Role {
        Entity::read(header.as_bytes()).role(ImplicitType::Text)
    }

    #[test]
    fn candidates_by_type() {
        assert_eq!(
            role("Content-Type: text/calendar; method=REQUEST\r\n\r\n"),
            Role::Candidate
        );
        assert_eq!(
            role("content-TYPE :\r\n\tAPPLICATION/ICS\r\n\r\n"),
            Role::Candidate
        );
        assert_eq!(role("Content-Type: text/calendarx\r\n\r\n"), Role::Other);
        assert_eq!(role("Subject: text/calendar\r\n\r\n"), Role::Other);
        assert_eq!(
            role("Content-Type: text/plain\r\nContent-Type: text/calendar\r\n\r\n"),
            Role::Other
        );
    }

    #[test]
    fn candidates_by_file_name() {
        assert_eq!(
            role("Content-Type: application/octet-stream; name=a.ics\r\n\r\n"),
            Role::Candidate
        );
        assert_eq!(
            role("Content-Disposition: attachment; filename=\"a.Ics\"\r\n\r\n"),
            Role::Candidate
        );
        assert_eq!(
            role("Content-Disposition: attachment; filename*=utf-8''a%2eics\r\n\r\n"),
            Role::Candidate
        );
        assert_eq!(
            role("Content-Disposition: attachment; filename=a.vcs\r\n\r\n"),
            Role::Other
        );
    }

    #[test]
    fn a_forwarded_message_is_never_a_candidate() {
        assert_eq!(
            role("Content-Type: message/rfc822; name=a.ics\r\n\r\n"),
            Role::Other
        );
        let digest = Entity::read(b"Content-Disposition: attachment; filename=a.ics\r\n\r\n");
        assert_eq!(digest.role(ImplicitType::Message), Role::Other);
        assert_eq!(
            Entity::read(b"Content-Type: text/calendar\r\n\r\n").role(ImplicitType::Message),
            Role::Candidate
        );
    }

    #[test]
    fn multiparts_have_a_boundary() {
        let mixed = Role::Multipart {
            boundary: b"x y".to_vec(),
            children: ImplicitType::Text,
        };
        assert_eq!(
            role("Content-Type: multipart/mixed; boundary=\"x y \"\r\n\r\n"),
            mixed
        );
        let digest = Role::Multipart {
            boundary: b"b".to_vec(),
            children: ImplicitType::Message,
        };
        assert_eq!(
            role("Content-Type: Multipart/Digest; boundary=b\r\n\r\n"),
            digest
        );
        assert_eq!(role("Content-Type: multipart/mixed\r\n\r\n"), Role::Other);
    }
}
