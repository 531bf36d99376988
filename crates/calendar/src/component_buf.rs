//! An owned component that can be edited, everything else in it staying as it came (RFC 5545 section 3.6).

use crate::eol::{self, Eol};
use crate::property::Property;
use crate::property_buf::{PropertyBuf, is_name_character};
use crate::scan::{Line, LineKind, component_name};

/// An owned, editable component; whatever is not edited prints as it came.
///
/// Equal components have the same name, without case, and equal items.
#[derive(Clone, Debug)]
pub struct ComponentBuf {
    name: Box<str>,
    begin: Vec<u8>,
    items: Vec<Item>,
    /// Missing as long as a component that came without it is not edited.
    end: Option<Vec<u8>>,
    eol: Eol,
}

/// The most items that room is made for before they are read.
const MOST_RESERVED: usize = 32;

/// What a component holds between BEGIN and END.
///
/// Equal stray lines have the same octets before their line ends.
#[derive(Clone, Debug)]
pub enum Item {
    /// A property.
    Property(PropertyBuf),
    /// A component inside.
    Component(ComponentBuf),
    /// A line that is neither (blank, without colon, an END of nothing), kept as it came.
    Stray(Vec<u8>),
}

impl Item {
    /// The property, if it is one.
    pub fn as_property(&self) -> Option<&PropertyBuf> {
        match self {
            Self::Property(property) => Some(property),
            Self::Component(_) | Self::Stray(_) => None,
        }
    }

    /// The component, if it is one.
    pub fn as_component(&self) -> Option<&ComponentBuf> {
        match self {
            Self::Component(component) => Some(component),
            Self::Property(_) | Self::Stray(_) => None,
        }
    }
}

impl ComponentBuf {
    /// An empty component; what a name cannot hold is left out of it.
    pub fn new(name: &str) -> Self {
        let name: String = name.chars().filter(|c| is_name_character(*c)).collect();
        Self {
            begin: [b"BEGIN:", name.as_bytes(), b"\r\n"].concat(),
            items: Vec::new(),
            end: Some([b"END:", name.as_bytes(), b"\r\n"].concat()),
            eol: Eol::CrLf,
            name: name.into(),
        }
    }

    /// Builds from the lines of one component, each with its place in the text, BEGIN first.
    pub(crate) fn of_lines<'l>(lines: impl Iterator<Item = (usize, Line, &'l [u8])>) -> Self {
        let mut open: Vec<Self> = Vec::new();
        let mut whole = None;
        for (at, line, raw) in lines {
            match line.kind {
                LineKind::Begin | LineKind::Unclosed => {
                    open.push(Self::begun(raw, line.close() - at))
                }
                LineKind::End => {
                    close_through(&mut open, &mut whole, raw);
                }
                LineKind::Property => put(&mut open, property_item(raw, &line)),
                LineKind::Stray => put(&mut open, Item::Stray(raw.to_vec())),
            }
        }
        while let Some(component) = open.pop() {
            hang(&mut open, &mut whole, component);
        }
        whole.unwrap_or_else(|| Self::new(""))
    }

    /// What a BEGIN line opens; so many lines follow at most.
    fn begun(raw: &[u8], lines: usize) -> Self {
        Self {
            name: component_name(raw).into(),
            begin: raw.to_vec(),
            items: Vec::with_capacity(lines.min(MOST_RESERVED)),
            end: None,
            eol: Eol::of(raw).unwrap_or(Eol::CrLf),
        }
    }

    /// The name as written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it has this name, without case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Everything inside, in order.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The same component with other things inside.
    pub fn with_items(&self, items: Vec<Item>) -> Self {
        let mut component = Self {
            name: self.name.clone(),
            begin: self.begin.clone(),
            items,
            end: self.end.clone(),
            eol: self.eol,
        };
        component.mend();
        component
    }

    /// Everything inside, to edit freely.
    pub fn items_mut(&mut self) -> &mut Vec<Item> {
        self.mend();
        &mut self.items
    }

    /// Its own properties in order.
    pub fn properties(&self) -> impl Iterator<Item = &PropertyBuf> {
        self.items.iter().filter_map(Item::as_property)
    }

    /// Its own properties in order, to edit.
    pub fn properties_mut(&mut self) -> impl Iterator<Item = &mut PropertyBuf> {
        self.items_mut().iter_mut().filter_map(|item| match item {
            Item::Property(property) => Some(property),
            Item::Component(_) | Item::Stray(_) => None,
        })
    }

    /// Its own properties of this name, without case.
    pub fn properties_named(&self, name: &str) -> impl Iterator<Item = &PropertyBuf> {
        self.properties().filter(move |p| p.is(name))
    }

    /// The first of its own properties of this name.
    pub fn property(&self, name: &str) -> Option<&PropertyBuf> {
        self.properties_named(name).next()
    }

    /// The first of its own properties of this name, to edit.
    pub fn property_mut(&mut self, name: &str) -> Option<&mut PropertyBuf> {
        self.properties_mut().find(|p| p.is(name))
    }

    /// The components directly inside.
    pub fn components(&self) -> impl Iterator<Item = &ComponentBuf> {
        self.items.iter().filter_map(Item::as_component)
    }

    /// The components directly inside, to edit.
    pub fn components_mut(&mut self) -> impl Iterator<Item = &mut ComponentBuf> {
        self.items_mut().iter_mut().filter_map(|item| match item {
            Item::Component(component) => Some(component),
            Item::Property(_) | Item::Stray(_) => None,
        })
    }

    /// Puts the property behind the last one, before inner components.
    pub fn push_property(&mut self, mut property: PropertyBuf) {
        self.mend();
        property.adopt(self.eol);
        let last = self.items.iter().rposition(|i| i.as_property().is_some());
        let at = last.map_or(0, |at| at + 1);
        self.items.insert(at, Item::Property(property));
    }

    /// Puts the component behind everything else.
    pub fn push_component(&mut self, mut component: ComponentBuf) {
        self.mend();
        component.mend();
        component.adopt(self.eol);
        self.items.push(Item::Component(component));
    }

    /// Puts the property in the place of the first of its name and removes the others, or adds it.
    pub fn set_property(&mut self, mut property: PropertyBuf) {
        let is_same = |item: &Item| item.as_property().is_some_and(|p| p.is(property.name()));
        let Some(first) = self.items.iter().position(is_same) else {
            return self.push_property(property);
        };
        let mut index = 0;
        self.retain(|item| {
            index += 1;
            index == first + 1 || !is_same(item)
        });
        property.adopt(self.eol);
        if let Some(place) = self.items.get_mut(first) {
            *place = Item::Property(property);
        }
    }

    /// Takes all its own properties of this name out.
    pub fn remove_properties(&mut self, name: &str) -> Vec<PropertyBuf> {
        let is_named = |item: &mut Item| item.as_property().is_some_and(|p| p.is(name));
        self.items_mut()
            .extract_if(.., is_named)
            .filter_map(|item| match item {
                Item::Property(property) => Some(property),
                Item::Component(_) | Item::Stray(_) => None,
            })
            .collect()
    }

    /// Keeps the items that `keep` says.
    pub fn retain(&mut self, keep: impl FnMut(&Item) -> bool) {
        self.items_mut().retain(keep);
    }

    /// The component as text; new lines end as its BEGIN line does, CRLF in a new component.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.write_line(&self.begin, out);
        for (index, item) in self.items.iter().enumerate() {
            self.end_line(out);
            match item {
                Item::Property(property) => property.write(out, self.eol),
                Item::Component(component) => {
                    component.write(out);
                    if component.end.is_none() && index + 1 < self.items.len() {
                        self.write_line(&component.missing_end(), out);
                    }
                }
                Item::Stray(raw) => out.extend_from_slice(raw),
            }
        }
        if let Some(end) = &self.end {
            self.write_line(end, out);
        }
    }

    fn write_line(&self, raw: &[u8], out: &mut Vec<u8>) {
        self.end_line(out);
        out.extend_from_slice(raw);
    }

    /// Ends the line before, which was the last of its text and had no line end.
    fn end_line(&self, out: &mut Vec<u8>) {
        if out.last().is_some_and(|&byte| byte != b'\n') {
            out.extend_from_slice(self.eol.as_bytes());
        }
    }

    /// Adds the END lines that the component, and the last ones inside it, came without.
    fn mend(&mut self) {
        if self.end.is_none() {
            self.end = Some(self.missing_end());
        }
        for item in &mut self.items {
            if let Item::Component(component) = item
                && component.end.is_none()
            {
                component.mend();
            }
        }
    }

    fn missing_end(&self) -> Vec<u8> {
        [b"END:", self.name.as_bytes(), self.eol.as_bytes()].concat()
    }

    /// Takes the line ends of the text that the component moves to.
    fn adopt(&mut self, eol: Eol) {
        self.eol = eol;
        self.begin = eol.applied_to(&self.begin);
        self.end = self.end.as_deref().map(|end| eol.applied_to(end));
        for item in &mut self.items {
            match item {
                Item::Property(property) => property.adopt(eol),
                Item::Component(component) => component.adopt(eol),
                Item::Stray(raw) => *raw = eol.applied_to(raw),
            }
        }
        // A last line that was nothing but CR is none any more.
        self.items
            .retain(|item| !matches!(item, Item::Stray(raw) if raw.is_empty()));
    }
}

impl PartialEq for ComponentBuf {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.name) && self.items == other.items
    }
}

impl Eq for ComponentBuf {}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Property(one), Self::Property(two)) => one == two,
            (Self::Component(one), Self::Component(two)) => one == two,
            (Self::Stray(one), Self::Stray(two)) => eol::without(one) == eol::without(two),
            _ => false,
        }
    }
}

impl Eq for Item {}

fn property_item(raw: &[u8], line: &Line) -> Item {
    match Property::of_line(raw, line) {
        Some(property) => Item::Property(property.to_buf()),
        None => Item::Stray(raw.to_vec()),
    }
}

fn put(open: &mut [ComponentBuf], item: Item) {
    if let Some(component) = open.last_mut() {
        component.items.push(item);
    }
}

/// Hangs a finished component into the one around it, or makes it the whole.
fn hang(open: &mut [ComponentBuf], whole: &mut Option<ComponentBuf>, component: ComponentBuf) {
    match open.last_mut() {
        Some(outer) => outer.items.push(Item::Component(component)),
        None => *whole = Some(component),
    }
}

/// Ends the innermost open component of the END line's name and all that is open inside it.
fn close_through(open: &mut Vec<ComponentBuf>, whole: &mut Option<ComponentBuf>, raw: &[u8]) {
    let name = component_name(raw);
    while let Some(mut component) = open.pop() {
        let is_it = component.is(&name);
        if is_it {
            component.end = Some(raw.to_vec());
        }
        hang(open, whole, component);
        if is_it {
            return;
        }
    }
}
