//! Files, modules and declarations.

use super::cursor::Parser;
use crate::diagnostics::{Expected, SyntaxErrorKind as Kind};
use crate::syntax::lex::{DirectiveWord, Keyword as K, Punct as P, TokenKind as T};
use crate::syntax::tree::{
    Access, Attribute, Decl, DeclId, Directive, Header, Literal, LiteralId, Many, Name, Span,
    StmtKind, Symbol,
};

impl Parser<'_> {
    /// Reads the whole text.
    pub fn file(&mut self) {
        while self.eat(T::Separator) {}
        let mut decls = Vec::new();
        let mut attributes = self.attributes();
        let header = self.header(&mut attributes);
        if !attributes.is_empty() {
            let attributes = self.tree.add_list(&attributes);
            self.decl(attributes, &mut decls);
        }
        loop {
            self.decls(&mut decls);
            if self.kind() == T::End {
                break;
            }
            // Only what closes nothing ends the declarations of a file.
            self.stray();
        }
        self.tree.set_top(header, &decls);
    }

    /// Complains about a closing bracket that closes nothing, and passes it.
    pub fn stray(&mut self) {
        let token = self.token();
        let text = self.text.get(token.span.range()).unwrap_or("").to_owned();
        if token.kind != T::Close {
            self.error_here(Kind::Stray(text), None);
        }
        self.advance();
    }

    fn header(&mut self, attributes: &mut Vec<Attribute>) -> Header {
        if self.eat_word(K::Namespace) {
            let recursive = self.eat_word(K::Rec);
            let path = self.path();
            let path = self.tree.add_list(&path);
            return Header::Namespace { path, recursive };
        }
        if !self.is_word(K::Module) || self.module_has_body() {
            return Header::None;
        }
        self.advance();
        let recursive = self.eat_word(K::Rec);
        self.access();
        let path = self.path();
        let path = self.tree.add_list(&path);
        let attributes = self.tree.add_list(&std::mem::take(attributes));
        Header::Module {
            path,
            attributes,
            recursive,
        }
    }

    /// Whether `=` follows the name of the module that begins here.
    fn module_has_body(&self) -> bool {
        let mut ahead = 1;
        loop {
            match self.kind_at(ahead) {
                T::Ident(_) | T::Punct(P::Dot) | T::Keyword(K::Rec) => ahead += 1,
                kind => return kind == T::Punct(P::Equals),
            }
        }
    }

    /// Reads declarations up to the end of the block, the text, or what belongs to neither.
    pub fn decls(&mut self, decls: &mut Vec<DeclId>) {
        loop {
            match self.kind() {
                T::Separator | T::Punct(P::SemicolonTwice | P::Semicolon) => {
                    self.advance();
                }
                T::Close | T::End => return,
                _ if self.at_end_of_statement() => return,
                _ => {
                    let attributes = self.attributes();
                    let attributes = self.tree.add_list(&attributes);
                    self.decl(attributes, decls);
                    if !self.at_end_of_statement() {
                        self.expected(Expected::StatementEnd);
                        self.skip_statement();
                    }
                }
            }
        }
    }

    fn add_decl(&mut self, decl: Decl, start: Span, decls: &mut Vec<DeclId>) {
        let span = self.since(start);
        decls.push(self.tree.add_decl(decl, span));
    }

    fn decl(&mut self, attributes: Many<Attribute>, decls: &mut Vec<DeclId>) {
        let first = self
            .tree
            .list(attributes)
            .first()
            .map(|attribute| attribute.span);
        let start = first.map_or(self.here(), |first| first.to(self.here()));
        if !attributes.is_empty() {
            while self.eat(T::Separator) {}
        }
        let decl = match self.kind() {
            T::Keyword(K::Let) => return self.let_decl(attributes, start, decls),
            T::Keyword(K::Open) => {
                self.advance();
                let is_type = self.eat_word(K::Type);
                let path = self.path();
                let path = self.tree.add_list(&path);
                Decl::Open { path, is_type }
            }
            T::Keyword(K::Module) => self.module(attributes),
            T::Keyword(K::Namespace) => {
                self.error_here(Kind::Misplaced, None);
                self.advance();
                self.path();
                Decl::Error
            }
            T::Keyword(K::Type) => self.types(attributes),
            T::Keyword(K::Exception) => {
                self.advance();
                match self.name() {
                    Some(name) => {
                        let fields = self.case_fields();
                        Decl::Exception {
                            name,
                            attributes,
                            fields,
                        }
                    }
                    None => Decl::Error,
                }
            }
            T::Keyword(K::Do) => {
                // `do` takes no attributes: they are those of the file.
                if !attributes.is_empty() {
                    self.add_decl(Decl::Attributes(attributes), start, decls);
                }
                self.advance();
                let body = self.block();
                Decl::Do(body)
            }
            T::Directive(word) => self.directive(word),
            _ if !attributes.is_empty() && self.at_end_of_statement() => {
                Decl::Attributes(attributes)
            }
            _ => {
                if !attributes.is_empty() {
                    self.expected(Expected::Declaration);
                }
                let statement = self.statement();
                match statement.kind {
                    StmtKind::Expr(id) => Decl::Expr(id),
                    _ => {
                        // `use` in a file has nothing to end it but the end of the file.
                        let list = self.tree.add_list(&[statement]);
                        let id = self.expr_since(crate::syntax::tree::Expr::Block(list), start);
                        Decl::Expr(id)
                    }
                }
            }
        };
        self.add_decl(decl, start, decls);
    }

    fn let_decl(&mut self, attributes: Many<Attribute>, start: Span, decls: &mut Vec<DeclId>) {
        let statement = self.let_statement(attributes);
        if self.eat_word(K::In) {
            while self.eat(T::Separator) {}
            let id = self.let_in(statement, start);
            self.add_decl(Decl::Expr(id), start, decls);
            return;
        }
        let decl = match statement.kind {
            StmtKind::Let {
                bindings,
                recursive,
            } => Decl::Let {
                bindings,
                recursive,
            },
            _ => Decl::Error,
        };
        self.add_decl(decl, start, decls);
    }

    /// `private` and its like.
    pub fn access(&mut self) -> Access {
        let access = match self.ident() {
            Some(Symbol::PRIVATE) => Access::Private,
            Some(Symbol::INTERNAL) => Access::Internal,
            Some(Symbol::PUBLIC) => Access::Public,
            _ => return Access::Public,
        };
        // A binding may have such a name itself.
        if !matches!(
            self.kind_at(1),
            T::Ident(_)
                | T::Keyword(_)
                | T::Punct(P::ParenOpen | P::BraceOpen | P::ListOpen | P::Underscore | P::Bar)
                | T::TypeVar(_)
        ) {
            return Access::Public;
        }
        self.advance();
        access
    }

    fn module(&mut self, attributes: Many<Attribute>) -> Decl {
        self.advance();
        let recursive = self.eat_word(K::Rec);
        let access = self.access();
        let Some(name) = self.name() else {
            return Decl::Error;
        };
        if !self.is_punct(P::Equals) {
            // A header that is not at the beginning, or a module without its sign.
            self.expect_punct(P::Equals);
            return Decl::Error;
        }
        self.advance();
        if self.kind() == T::Open && self.is_alias() {
            self.advance();
            let path = self.path();
            let path = self.tree.add_list(&path);
            self.close_block();
            return Decl::ModuleAlias { name, path };
        }
        let mut decls = Vec::new();
        let read = self.deeper(|parser| {
            if !parser.eat(T::Open) {
                parser.expected(Expected::Body);
                return;
            }
            if parser.kind() == T::Close {
                parser.expected(Expected::Body);
            }
            let begin = parser.eat_word(K::Begin);
            parser.decls(&mut decls);
            if begin {
                parser.expect_word(K::End);
            }
            while parser.kind() != T::Close && parser.kind() != T::End {
                parser.stray();
                parser.decls(&mut decls);
            }
            parser.close_block();
        });
        if read.is_none() {
            return Decl::Error;
        }
        let decls = self.tree.add_list(&decls);
        Decl::Module {
            name,
            attributes,
            access,
            recursive,
            decls,
        }
    }

    /// Whether nothing but a dotted name of capitals stands in the block that begins here.
    fn is_alias(&self) -> bool {
        let mut ahead = 1;
        loop {
            let T::Ident(symbol) = self.kind_at(ahead) else {
                return false;
            };
            if !self.tree.text(symbol).starts_with(char::is_uppercase) {
                return false;
            }
            match self.kind_at(ahead + 1) {
                T::Punct(P::Dot) => ahead += 2,
                kind => return kind == T::Close,
            }
        }
    }

    fn directive(&mut self, word: DirectiveWord) -> Decl {
        self.advance();
        if word == DirectiveWord::Ignored {
            return Decl::Directive(Directive::Ignored);
        }
        let mut texts: Vec<LiteralId> = Vec::new();
        while let T::Literal(id) = self.kind()
            && matches!(self.tree.constant(id).value, Literal::String(_))
            && !self.token().first
        {
            self.advance();
            texts.push(id);
        }
        let Some(&first) = texts.first() else {
            self.expected(Expected::DirectiveText);
            return Decl::Error;
        };
        Decl::Directive(match word {
            DirectiveWord::Load => Directive::Load(self.tree.add_list(&texts)),
            DirectiveWord::Reference => Directive::Reference(first),
            DirectiveWord::Fusabi | DirectiveWord::Ignored => {
                let is_compat = matches!(&self.tree.constant(first).value, Literal::String(text) if &**text == "compat");
                if is_compat {
                    Directive::Compat
                } else {
                    Directive::Ignored
                }
            }
        })
    }

    /// A name at no place, where one is missing.
    pub fn no_name(&self) -> Name {
        Name {
            symbol: Symbol::WILDCARD,
            span: Span::at(self.here().start),
        }
    }
}
