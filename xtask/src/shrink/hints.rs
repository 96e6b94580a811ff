//! Says of all long accesses to memory that they are aligned alike.
//!
//! That an address is a multiple of eight, or only of four, is a hint on which no result depends. The compiler gives
//! one or the other as it happens to know; when all say the same, code is more alike and compresses better.

use wasmparser::{Operator, Parser, Payload};

/// A multiple of four, as its logarithm: all that 32-bit machines ask for.
const WORD: u8 = 2;

/// The module with no hint of more than [`WORD`].
pub(super) fn levelled(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut levelled = bytes.to_vec();
    for payload in Parser::new(0).parse_all(bytes) {
        let Payload::CodeSectionEntry(body) = payload.map_err(|error| error.to_string())? else { continue };
        let operators = body.get_operators_reader().map_err(|error| error.to_string())?;
        for operator in operators.into_iter_with_offsets() {
            let (operator, at) = operator.map_err(|error| error.to_string())?;
            if let Operator::I64Load { memarg }
            | Operator::I64Store { memarg }
            | Operator::F64Load { memarg }
            | Operator::F64Store { memarg } = operator
                && memarg.align > WORD
            {
                // It stands behind the operator, which is one byte.
                let hint = levelled.get_mut(at as usize + 1).filter(|hint| **hint == memarg.align);
                *hint.ok_or("a hint of alignment is not where it has to be")? = WORD;
            }
        }
    }
    Ok(levelled)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, Function, FunctionSection, MemArg, MemArgTarget, MemorySection, Module, TypeSection,
    };

    use super::super::sample::ONE_PAGE;
    use super::*;

    /// A module that loads eight bytes and four with hints of such alignments, and what it says of them.
    fn module(eight: u32, four: u32) -> Vec<u8> {
        let (mut types, mut list, mut memories, mut code, mut module) = (
            TypeSection::new(),
            FunctionSection::new(),
            MemorySection::new(),
            CodeSection::new(),
            Module::new(),
        );
        types.ty().function([], []);
        list.function(0);
        memories.memory(ONE_PAGE);
        let mut body = Function::new([]);
        let place = |align| MemArg { offset: 3, align, target: MemArgTarget::default(), ordering: None };
        body.instructions()
            .i32_const(3)
            .i64_load(place(eight))
            .drop()
            .i32_const(3)
            .i32_load(place(four))
            .drop()
            .end();
        code.function(&body);
        module.section(&types).section(&list).section(&memories).section(&code);
        module.finish()
    }

    #[test]
    fn only_hints_of_more_than_a_word_change() {
        for (eight, four, levelled_eight) in [(3, 2, 2), (2, 2, 2), (0, 1, 0), (3, 0, 2)] {
            assert_eq!(levelled(&module(eight, four)).unwrap(), module(levelled_eight, four));
        }
    }
}
