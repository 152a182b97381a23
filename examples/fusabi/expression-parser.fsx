// An expression parser: tokens, recursive descent, evaluation.
type Token =
    | Num of float
    | Op of char
    | LParen
    | RParen

type Expr =
    | Const of float
    | Neg of Expr
    | Bin of char * Expr * Expr

exception ParseError of string

let tokenize (s: string) =
    let rec go i acc =
        if i >= s.Length then List.rev acc
        else
            match s.[i] with
            | ' ' -> go (i + 1) acc
            | '(' -> go (i + 1) (LParen :: acc)
            | ')' -> go (i + 1) (RParen :: acc)
            | '+' | '-' | '*' | '/' | '^' as c -> go (i + 1) (Op c :: acc)
            | c when System.Char.IsDigit c ->
                let mutable j = i
                while j < s.Length && (System.Char.IsDigit s.[j] || s.[j] = '.') do
                    j <- j + 1
                go j (Num (float (s.Substring(i, j - i))) :: acc)
            | c -> raise (ParseError (sprintf "unexpected '%c' at %d" c i))
    go 0 []

let rec parseExpr tokens =
    let left, rest = parseTerm tokens
    let rec loop left = function
        | Op ('+' | '-' as o) :: rest ->
            let right, rest = parseTerm rest
            loop (Bin (o, left, right)) rest
        | rest -> left, rest
    loop left rest
and parseTerm tokens =
    let left, rest = parsePower tokens
    let rec loop left = function
        | Op ('*' | '/' as o) :: rest ->
            let right, rest = parsePower rest
            loop (Bin (o, left, right)) rest
        | rest -> left, rest
    loop left rest
and parsePower tokens =
    match parseAtom tokens with
    | b, Op '^' :: rest ->
        let e, rest = parsePower rest
        Bin ('^', b, e), rest
    | other -> other
and parseAtom = function
    | Num n :: rest -> Const n, rest
    | Op '-' :: rest ->
        let e, rest = parseAtom rest
        Neg e, rest
    | LParen :: rest ->
        match parseExpr rest with
        | e, RParen :: rest -> e, rest
        | _ -> raise (ParseError "expected )")
    | t :: _ -> raise (ParseError (sprintf "unexpected %A" t))
    | [] -> raise (ParseError "unexpected end")

let rec eval = function
    | Const n -> n
    | Neg e -> -(eval e)
    | Bin (o, a, b) ->
        let x, y = eval a, eval b
        match o with
        | '+' -> x + y
        | '-' -> x - y
        | '*' -> x * y
        | '/' -> x / y
        | '^' -> x ** y
        | _ -> failwithf "bad op %c" o

let run s =
    try
        match parseExpr (tokenize s) with
        | e, [] -> printfn "%s = %g" s (eval e)
        | _, t :: _ -> printfn "%s: trailing %A" s t
    with
    | ParseError m -> printfn "%s: error: %s" s m

run "1 + 2 * 3"
run "(1 + 2) * 3"
run "2 ^ 3 ^ 2"
run "-4 / 8"
run "1 +"
run "(1"
run "1 ) 2"
run "3 $ 4"
run "* 4"
