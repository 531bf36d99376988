//! How much of each input is taken.

use std::time::Duration;

/// The limits of one server.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Octets of a calendar object or card (max-resource-size).
    pub object: usize,
    /// Octets of an XML body.
    pub xml: usize,
    /// Names in one multiget.
    pub hrefs: usize,
    /// Attendees of one component (max-attendees-per-instance).
    pub attendees: usize,
    /// Instances that one object can have, and that it is expanded to (max-instances); busy times in one
    /// answer.
    pub instances: usize,
    /// Octets that the instances of one expanded object take together.
    pub expanded: usize,
    /// Steps of one report or request for busy times: of recurrence over all objects that it is about, and
    /// one for every 128 octets that it reads.
    pub steps: u64,
    /// Members that one page of sync-collection has at most.
    pub sync: u32,
    /// Collections of each kind that an account can have.
    pub collections: usize,
    /// People in one request for busy times.
    pub recipients: usize,
    /// How long a body may take to come.
    pub body: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            object: 1 << 20,
            xml: 1 << 20,
            hrefs: 5000,
            attendees: calendar::Limits::default().attendees,
            instances: 20_000,
            expanded: 16 << 20,
            steps: 4_000_000,
            sync: 5000,
            collections: 500,
            recipients: 200,
            body: Duration::from_secs(60),
        }
    }
}
