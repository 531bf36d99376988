//! What stands around the components: VCALENDAR properties and time zones.

use calendar::PropertyBuf;

use super::Work;
use crate::object::Object;

impl<'a> Work<'_, 'a> {
    /// VCALENDAR properties and time zones: the organizer's, unless the owner changed them.
    pub(super) fn surround(&self, object: &mut Object<'a>) {
        let (before, after) = (&self.case.version, &self.taking.version);
        let is_same = |a: &[PropertyBuf], b: &[PropertyBuf]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_content(b))
        };
        if self.mine.envelope.is_empty() || is_same(&self.mine.envelope, &before.envelope) {
            object.envelope.clone_from(&after.envelope);
        }
        for (id, zone) in &after.zones {
            let mine = self.mine.zones.get(id);
            let is_changed = mine.is_some_and(|mine| {
                before
                    .zones
                    .get(id)
                    .is_none_or(|before| !before.same_text(mine))
            });
            if !is_changed {
                object.zones.insert(id.clone(), zone.clone());
            }
        }
    }
}
