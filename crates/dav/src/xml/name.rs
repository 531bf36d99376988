//! Names of elements: a namespace and a local name.

/// WebDAV's namespace.
pub(crate) const DAV: &str = "DAV:";
/// CalDAV's (RFC 4791).
pub(crate) const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
/// CardDAV's (RFC 6352).
pub(crate) const CARDDAV: &str = "urn:ietf:params:xml:ns:carddav";
/// That of getctag and other extensions of Apple's server.
pub(crate) const CALENDARSERVER: &str = "http://calendarserver.org/ns/";
/// That of calendar-color and calendar-order.
const APPLE: &str = "http://apple.com/ns/ical/";

/// The namespaces that every document of ours declares, with their prefixes.
pub(crate) const PREFIXES: [(&str, &str); 5] = [
    ("D", DAV),
    ("C", CALDAV),
    ("R", CARDDAV),
    ("S", CALENDARSERVER),
    ("A", APPLE),
];

/// The name of an element.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) namespace: String,
    pub(crate) local: String,
}

impl Name {
    pub(crate) fn new(namespace: &str, local: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            local: local.to_owned(),
        }
    }

    pub(crate) fn is(&self, namespace: &str, local: &str) -> bool {
        self.namespace == namespace && self.local == local
    }

    /// The prefix of its namespace in our documents.
    pub(crate) fn prefix(&self) -> Option<&'static str> {
        let mut known = PREFIXES.iter();
        let found = known.find(|(_, namespace)| *namespace == self.namespace);
        found.map(|(prefix, _)| *prefix)
    }
}
