//! Contexts that were processed before. The nodes of a document mostly have the same few contexts, each with many terms.

use super::Processor;
use super::context::{Context, ScopedContext, Term};
use super::define::Processing;
use super::json::Json;
use crate::store::compiled::GraphError;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The most terms and bytes that are held, in units of [`ContextMemo::size`].
const MAX_SIZE: usize = 1 << 20;

/// A context that is applied to an active one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Local {
    /// That of a term, by its address.
    OfProperty(usize),
    OfType(usize),
    /// That of a node, in its canonical form.
    Embedded(String),
}

/// A result, and what its key refers to by address: neither may be freed before.
struct Processed {
    result: Rc<Context>,
    _active: Rc<Context>,
    _term: Option<Rc<Term>>,
}

/// The results of processing contexts, by the address of the active context and the context that is applied to it.
#[derive(Default)]
pub(super) struct ContextMemo {
    processed: BTreeMap<(usize, Local), Processed>,
    /// A unit for each entry, each term of a result and each byte of a key.
    size: usize,
}

impl Processor<'_> {
    /// The context that results from an active one and that of a term which is used as a property.
    pub(super) fn with_context_of_property(
        &self,
        active: &Rc<Context>,
        term: &Rc<Term>,
    ) -> Result<Rc<Context>, GraphError> {
        self.with_context_of_term(active, term, Local::OfProperty, Processing::of_property)
    }

    /// The context that results from an active one and that of a term which is used as a type.
    pub(super) fn with_context_of_type(
        &self,
        active: &Rc<Context>,
        term: &Rc<Term>,
    ) -> Result<Rc<Context>, GraphError> {
        self.with_context_of_term(active, term, Local::OfType, Processing::of_type)
    }

    fn with_context_of_term<'t>(
        &self,
        active: &Rc<Context>,
        term: &'t Rc<Term>,
        local: fn(usize) -> Local,
        processing: fn(&'t ScopedContext) -> Processing<'t>,
    ) -> Result<Rc<Context>, GraphError> {
        let Some(scoped) = &term.context else { return Ok(Rc::clone(active)) };
        let process = || self.process(active, &scoped.context, processing(scoped));
        self.remember(active, Some(term), local(address(term)), process)
    }

    /// The context that results from an active one and the `@context` of a node.
    pub(super) fn with_embedded_context(
        &self,
        active: &Rc<Context>,
        context: &Json,
        base: &str,
    ) -> Result<Rc<Context>, GraphError> {
        let mut key = String::new();
        context.write_canonical(&mut key);
        let process = || self.process(active, context, Processing::embedded(base));
        self.remember(active, None, Local::Embedded(key), process)
    }

    fn remember(
        &self,
        active: &Rc<Context>,
        term: Option<&Rc<Term>>,
        local: Local,
        process: impl FnOnce() -> Result<Rc<Context>, GraphError>,
    ) -> Result<Rc<Context>, GraphError> {
        let key_size = if let Local::Embedded(key) = &local { key.len() } else { 0 };
        let key = (address(active), local);
        if let Some(known) = self.memo.borrow().processed.get(&key) {
            return Ok(Rc::clone(&known.result));
        }
        let result = process()?;
        let size = 1 + result.terms.len() + key_size;
        let processed = Processed { result: Rc::clone(&result), _active: Rc::clone(active), _term: term.cloned() };
        self.memo.borrow_mut().insert(key, processed, size);
        Ok(result)
    }
}

impl ContextMemo {
    /// Holds a result, without the others if they become too many.
    fn insert(&mut self, key: (usize, Local), processed: Processed, size: usize) {
        if self.size + size > MAX_SIZE {
            *self = Self::default();
        }
        self.size += size;
        self.processed.insert(key, processed);
    }
}

/// The address of a value, which identifies it as long as it is held.
fn address<T>(value: &Rc<T>) -> usize {
    Rc::as_ptr(value).addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_after_a_reset_is_counted() {
        let mut memo = ContextMemo::default();
        let context = Rc::new(Context::default());
        let mut insert = |number: usize, size: usize| {
            let processed = Processed { result: Rc::clone(&context), _active: Rc::clone(&context), _term: None };
            memo.insert((number, Local::OfType(0)), processed, size);
            (memo.processed.len(), memo.size)
        };
        assert_eq!(insert(0, MAX_SIZE - 1), (1, MAX_SIZE - 1));
        assert_eq!(insert(1, 1), (2, MAX_SIZE));
        assert_eq!(insert(2, MAX_SIZE - 1), (1, MAX_SIZE - 1));
        assert_eq!(insert(3, 2), (1, 2));
    }
}
