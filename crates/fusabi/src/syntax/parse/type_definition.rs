//! Types and their members.

use super::cursor::Parser;
use crate::diagnostics::{Expected, Feature, SyntaxErrorKind as Kind};
use crate::syntax::lex::{Keyword as K, Punct as P, TokenKind as T};
use crate::syntax::tree::{
    Attribute, CaseDef, CaseField, Decl, EnumCase, FieldDef, Many, Member, Name, Pattern, Span,
    TypeDef, TypeKind, TypeParam,
};

impl Parser<'_> {
    /// Reads `type … and …`.
    pub fn types(&mut self, attributes: Many<Attribute>) -> Decl {
        self.advance();
        let mut defs = vec![self.type_def(attributes)];
        while self.eat_word(K::And) {
            let attributes = self.attributes();
            let attributes = self.tree.add_list(&attributes);
            defs.push(self.type_def(attributes));
        }
        Decl::Types(self.tree.add_list(&defs))
    }

    fn type_def(&mut self, attributes: Many<Attribute>) -> TypeDef {
        let start = self.here();
        let more = self.attributes();
        let attributes = if more.is_empty() {
            attributes
        } else {
            self.tree.add_list(&more)
        };
        let access = self.access();
        let mut prefix = Vec::new();
        while let T::TypeVar(symbol) = self.kind() {
            let span = self.advance().span;
            prefix.push(TypeParam {
                name: Name { symbol, span },
                attributes: Many::default(),
            });
        }
        let path = self.path();
        let path = self.tree.add_list(&path);
        let (mut params, mut constraints) = self.type_params();
        if !prefix.is_empty() {
            params = self.tree.add_list(&prefix);
        }
        if constraints.is_empty() {
            constraints = self.constraints();
        }
        let object = self.is_punct(P::ParenOpen).then(|| self.atomic_pattern());
        let mut members = Vec::new();
        let kind = if self.eat_punct(P::Equals) {
            self.type_body(object, &mut members)
        } else if self.is_word(K::With) {
            TypeKind::Augmentation
        } else if self.at_end_of_statement() {
            TypeKind::Opaque
        } else {
            self.expected(Expected::Sign("="));
            self.skip_statement();
            TypeKind::Error
        };
        if self.eat_word(K::With) && self.eat(T::Open) {
            self.members(&mut members);
            self.close_block();
        }
        let members = self.tree.add_list(&members);
        TypeDef {
            attributes,
            access,
            path,
            params,
            constraints,
            kind,
            members,
            span: self.since(start),
        }
    }

    fn type_body(
        &mut self,
        object: Option<crate::syntax::tree::PatternId>,
        members: &mut Vec<Member>,
    ) -> TypeKind {
        if !self.eat(T::Open) {
            self.expected(Expected::Body);
            return TypeKind::Error;
        }
        if self.kind() == T::Close {
            self.expected(Expected::Body);
            self.advance();
            return TypeKind::Error;
        }
        self.access();
        let kind = match (object, self.kind()) {
            (Some(params), _) => TypeKind::Object { params },
            (None, T::Punct(P::BraceOpen)) => self.record_def(),
            (None, T::Punct(P::Bar)) => self.union(),
            (None, T::Ident(_)) if self.begins_union() => self.union(),
            (None, _) => TypeKind::Abbreviation(self.constrained_type()),
        };
        if self.kind() == T::Separator || object.is_some() {
            self.members(members);
        }
        // `with` on a line of its own ends the block of the body.
        self.close_block();
        kind
    }

    /// Whether a case begins here and no abbreviation: `A of`, `A | B`, or `A = 0`.
    fn begins_union(&self) -> bool {
        matches!(
            self.kind_at(1),
            T::Keyword(K::Of) | T::Punct(P::Bar | P::Equals)
        )
    }

    fn record_def(&mut self) -> TypeKind {
        let start = self.advance().span;
        self.open.push(start);
        let mut fields = Vec::new();
        loop {
            while matches!(self.kind(), T::Separator | T::Punct(P::Semicolon)) {
                self.advance();
            }
            if self.at_end_of_statement() {
                break;
            }
            let attributes = self.attributes();
            while self.eat(T::Separator) {}
            let attributes = self.tree.add_list(&attributes);
            let mutable = self.eat_word(K::Mutable);
            let Some(name) = self.name() else {
                break;
            };
            if !self.expect_punct(P::Colon) {
                break;
            }
            let ty = self.ty();
            fields.push(FieldDef {
                attributes,
                mutable,
                name,
                ty,
            });
            if !self.at_end_of_statement() {
                break;
            }
        }
        self.close(P::BraceClose, start);
        TypeKind::Record(self.tree.add_list(&fields))
    }

    fn union(&mut self) -> TypeKind {
        let (mut cases, mut values) = (Vec::new(), Vec::new());
        self.eat_punct(P::Bar);
        loop {
            let attributes = self.attributes();
            let attributes = self.tree.add_list(&attributes);
            let name = self.name().unwrap_or_else(|| self.no_name());
            if self.eat_punct(P::Equals) {
                let value = self.argument_of_case();
                values.push(EnumCase { name, value });
            } else {
                let fields = self.case_fields();
                cases.push(CaseDef {
                    attributes,
                    name,
                    fields,
                });
            }
            if !self.eat_punct(P::Bar) {
                break;
            }
        }
        if values.is_empty() {
            return TypeKind::Union(self.tree.add_list(&cases));
        }
        if let Some(case) = cases.first() {
            self.error(Kind::Misplaced, case.name.span);
        }
        TypeKind::Enum(self.tree.add_list(&values))
    }

    fn argument_of_case(&mut self) -> crate::syntax::tree::ExprId {
        match self.negative_literal() {
            Some(id) => id,
            None => self.operand_with_suffixes(),
        }
    }

    /// Reads `of w: int * h: int`; none is fine.
    pub fn case_fields(&mut self) -> Many<CaseField> {
        let mut fields = Vec::new();
        if self.eat_word(K::Of) {
            loop {
                let name = if self.kind_at(1) == T::Punct(P::Colon) {
                    let name = self.name();
                    self.advance();
                    name
                } else {
                    None
                };
                let ty = self.postfix_type();
                fields.push(CaseField { name, ty });
                if !self.eat(T::Operator(crate::syntax::tree::Symbol::STAR)) {
                    break;
                }
            }
        }
        self.tree.add_list(&fields)
    }

    /// Reads members up to the end of the block.
    fn members(&mut self, members: &mut Vec<Member>) {
        loop {
            while matches!(self.kind(), T::Separator | T::Punct(P::Semicolon)) {
                self.advance();
            }
            if self.at_end_of_statement() {
                return;
            }
            let attributes = self.attributes();
            while self.eat(T::Separator) {}
            let attributes = self.tree.add_list(&attributes);
            if let Some(member) = self.member(attributes) {
                members.push(member);
            } else {
                self.skip_statement();
                if self.is_punct(P::SemicolonTwice) {
                    return;
                }
            }
            if !self.at_end_of_statement() {
                self.expected(Expected::StatementEnd);
                self.skip_statement();
            }
        }
    }

    fn member(&mut self, attributes: Many<Attribute>) -> Option<Member> {
        let start: Span = self.here();
        let is_static = self.eat_word(K::Static);
        let overrides = match self.kind() {
            T::Keyword(K::Member) => false,
            T::Keyword(K::Override) => true,
            T::Keyword(word) => {
                let feature = match word {
                    K::Interface => Feature::Interface,
                    K::Inherit => Feature::Inheritance,
                    K::Abstract => Feature::AbstractMember,
                    K::Val => Feature::ExplicitField,
                    K::New => Feature::NewObject,
                    K::Let | K::Do => Feature::ClassLet,
                    _ => {
                        self.expected(Expected::Member);
                        return None;
                    }
                };
                self.error_here(Kind::Unsupported(feature), None);
                return None;
            }
            _ => {
                self.expected(Expected::Member);
                return None;
            }
        };
        self.advance();
        if self.is_word(K::Val) {
            self.error_here(Kind::Unsupported(Feature::ExplicitField), None);
            return None;
        }
        let access = self.access();
        let this = if self.kind_at(1) == T::Punct(P::Dot) {
            let at = self.here();
            let this = match self.kind() {
                T::Ident(symbol) => Pattern::Name(symbol),
                T::Punct(P::Underscore) => Pattern::Wildcard,
                _ => {
                    self.expected(Expected::Name);
                    return None;
                }
            };
            self.advance();
            let id = self.pattern_since(this, at);
            self.advance();
            Some(id)
        } else {
            None
        };
        let binding = self.member_binding(attributes, access);
        Some(Member {
            is_static,
            overrides,
            this,
            binding,
            span: self.since(start),
        })
    }
}
