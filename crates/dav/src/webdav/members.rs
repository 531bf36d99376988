//! Members of a collection: read some at a time, and told in a multistatus.

use std::collections::BTreeSet;
use std::sync::Arc;

use store::{Collection, Detail, Member, Selection};

use super::multistatus::{Broken, Multistatus, Rendering};
use super::node::{Node, dead_of_members};
use crate::budget::aside;
use crate::caldav::calendar_data::TooMuch;
use crate::request::Request;
use crate::resource::Resource;

/// Whether all was told that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    All,
    Some,
}

/// The members of a collection as one response tells them.
pub(crate) struct Members<'a> {
    pub(crate) request: &'a Request,
    pub(crate) rendering: &'a Rendering<'a>,
    pub(crate) of: &'a Arc<Collection>,
}

impl Members<'_> {
    /// All of them, `size` at a time.
    pub(crate) fn pages(&self, size: u32, detail: Detail) -> Pages<'_> {
        Pages {
            members: self,
            size,
            detail,
            after: String::new(),
        }
    }

    pub(crate) async fn read(
        &self,
        selection: Selection,
        detail: Detail,
    ) -> store::Result<Vec<Member>> {
        self.request.members(self.of, selection, detail).await
    }

    /// Tells some that were read.
    pub(crate) async fn tell(
        &self,
        out: &mut Multistatus,
        members: Vec<Member>,
    ) -> Result<(), Broken> {
        let (store, account) = (self.request.store(), self.request.account.id);
        let mut dead = dead_of_members(store, account, self.of, &members).await?;
        for mut member in members {
            let data = self.rendering.data;
            if !data.is_plain() && !member.text.is_empty() {
                match aside(|| data.shaped(&member.text)) {
                    Ok(None) => {}
                    Ok(Some(text)) => member.text = text,
                    Err(TooMuch) => {
                        out.too_much(&self.href(member.name)).await?;
                        continue;
                    }
                }
            }
            let properties = dead.remove(&member.name).unwrap_or_default();
            let node = Node::Member(Arc::clone(self.of), member, properties);
            out.add(&self.rendering.response(&node)).await?;
        }
        Ok(())
    }

    /// Says that there is more than what was told (RFC 6352, 8.6.2).
    pub(crate) async fn tell_that_there_is_more(
        &self,
        out: &mut Multistatus,
    ) -> Result<(), Broken> {
        let here = Resource::Collection(self.of.kind, self.of.segment.clone());
        out.too_much(&here.href(&self.request.account)).await
    }

    fn href(&self, name: String) -> String {
        let member = Resource::Member(self.of.kind, self.of.segment.clone(), name);
        member.href(&self.request.account)
    }

    /// Reads and tells those of some names; one that is not there is told as that.
    pub(crate) async fn tell_named(
        &self,
        out: &mut Multistatus,
        names: impl IntoIterator<Item = String>,
    ) -> Result<(), Broken> {
        let mut missing: BTreeSet<String> = names.into_iter().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let ask = self.rendering.ask;
        let selection = Selection::Names(missing.iter().cloned().collect());
        let found = self.read(selection, ask.detail(ask.wants_text())).await?;
        for member in &found {
            missing.remove(&member.name);
        }
        for name in missing {
            out.status(&self.href(name), "404 Not Found").await?;
        }
        self.tell(out, found).await
    }
}

/// Members of which some at a time are read, in the order of their names.
pub(crate) struct Pages<'a> {
    members: &'a Members<'a>,
    size: u32,
    detail: Detail,
    after: String,
}

impl Pages<'_> {
    /// The next ones; `None` behind the last.
    pub(crate) async fn next(&mut self) -> store::Result<Option<Vec<Member>>> {
        let selection = Selection::After(self.after.clone(), self.size);
        let found = self.members.read(selection, self.detail).await?;
        let Some(last) = found.last() else {
            return Ok(None);
        };
        self.after.clone_from(&last.name);
        Ok(Some(found))
    }
}
