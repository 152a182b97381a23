//! Random structured programs through the builder: the verifier accepts all of them, and the same program gives the same
//! bytes.

mod program;

use emit::ModuleBuilder;
use fzb::tables::Lang;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn the_verifier_accepts_what_the_builder_makes(seed in any::<u64>()) {
        let program = program::generate(seed);
        let tables = program::build(&program, Lang::Fusabi).unwrap_or_else(|error| {
            panic!("seed {seed}: {error}\n{program:?}")
        });
        let module = fzb::Module::from_tables(&tables).expect("the tables keep the rules of files");
        if let Err(refusal) = fzb::verify::module(&module) {
            panic!("seed {seed}: {refusal}\n{}", fzb::text::disassemble(&tables));
        }
        let again = program::build(&program, Lang::Fusabi).expect("built before");
        prop_assert_eq!(&tables, &again);
        prop_assert_eq!(fzb::text::layout::canonical(&tables), Some(tables));
    }
}

#[test]
fn an_empty_module_is_a_module() {
    let tables = ModuleBuilder::new("empty", Lang::Morph).finish().unwrap();
    let module = fzb::Module::from_tables(&tables).unwrap();
    assert_eq!(fzb::verify::module(&module), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn the_code_means_what_the_program_means(seed in any::<u64>()) {
        let program = program::generate(seed);
        let tables = program::build(&program, Lang::Fusabi).expect("built");
        let expected = program::eval::run(&program);
        let found = match program::run::call(&tables, 0, Vec::new(), &[]) {
            Ok(program::run::Value::Int(value)) => Some(value),
            Ok(other) => panic!("{other:?}"),
            Err(_) => None,
        };
        prop_assert_eq!(found, expected, "seed {}\n{:#?}\n{}", seed, program, fzb::text::disassemble(&tables));
    }
}
