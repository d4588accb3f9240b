//! What is kept in mind while an answer is read.

/// Finds the member of the document that has a name, of whichever type.
pub(crate) type Known = fn(&str) -> Option<&'static str>;

/// What is kept in mind while an answer is read. Types that are read on their
/// own, by the user's serde, need nothing of it.
#[cfg_attr(
    not(feature = "client"),
    allow(dead_code, reason = "only answers ask what was found")
)]
#[derive(Default)]
pub(crate) struct Reading {
    /// How many items of lists and members that the types do not know there may
    /// be together; `None`: any number.
    pub(crate) items: Option<usize>,
    /// Whether there were more.
    pub(crate) too_many: bool,
    /// Knows the names that count beside those of the answer's own type.
    /// Taken by the outermost object.
    pub(crate) known: Option<Known>,
    /// Members that the outermost object has, not null, and its type has not;
    /// each once.
    pub(crate) others: Vec<&'static str>,
    /// Types of which an object had members, and none of the type's; each once.
    pub(crate) strange: Vec<&'static str>,
    /// Where it cannot be read, the innermost step first.
    pub(crate) path: Vec<Step>,
}

/// A step to a place in an answer.
#[cfg_attr(
    not(feature = "client"),
    allow(dead_code, reason = "only answers ask what was found")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Member(&'static str),
    /// A member whose name the document does not know: it may be a payload.
    Unknown,
    Item(usize),
}

impl Reading {
    /// Counts an item of a list or an unknown member; false: there are too many.
    pub(crate) fn count_item(&mut self) -> bool {
        if self.items == Some(0) {
            self.too_many = true;
            return false;
        }
        self.items = self.items.map(|items| items - 1);
        true
    }

    /// Notes where reading has failed.
    pub(crate) fn fail<E>(&mut self, step: Step, error: E) -> E {
        self.path.push(step);
        error
    }
}

/// Adds a name that is not there yet. There are few different ones.
pub(crate) fn note(names: &mut Vec<&'static str>, name: &'static str) {
    if !names.contains(&name) {
        names.push(name);
    }
}
