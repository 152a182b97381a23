// seqs: lazy, infinite, generators
let naturals = Seq.initInfinite id
printfn "%A" (naturals |> Seq.filter (fun n -> n % 3 = 0) |> Seq.take 4 |> Seq.toList)
let fibs = Seq.unfold (fun (a, b) -> Some (a, (b, a + b))) (0, 1)
printfn "%A" (fibs |> Seq.takeWhile (fun x -> x < 50) |> List.ofSeq)
let rec primesFrom n = seq {
    if Seq.forall (fun d -> n % d <> 0) (seq { 2 .. int (sqrt (float n)) }) then
        yield n
    yield! primesFrom (n + 1) }
printfn "%A" (primesFrom 2 |> Seq.take 8 |> Seq.toArray)
let mutable evaluated = 0
let lazySeq = seq { for i in 1 .. 100 do
                        evaluated <- evaluated + 1
                        yield i * i }
printfn "%d %d" (Seq.find (fun x -> x > 10) lazySeq) evaluated
let countdown n = seq {
    let mutable i = n
    while i > 0 do
        yield i
        i <- i - 1
    yield! [100; 200] }
printfn "%A" (Seq.toList (countdown 3))
type Tree = Leaf | Node of Tree * int * Tree
let rec inorder t = seq {
    match t with
    | Leaf -> ()
    | Node (l, v, r) ->
        yield! inorder l
        yield v
        yield! inorder r }
let rec insert x = function
    | Leaf -> Node (Leaf, x, Leaf)
    | Node (l, v, r) as n ->
        if x < v then Node (insert x l, v, r)
        elif x > v then Node (l, v, insert x r)
        else n
let tree = [5; 2; 8; 1; 9; 3] |> List.fold (fun t x -> insert x t) Leaf
printfn "%A" (List.ofSeq (inorder tree))
let pairs = seq { for x in 1 .. 3 do for y in x .. 3 -> x, y }
printfn "%d %A" (Seq.length pairs) (Seq.last pairs)
printfn "%A" (Seq.zip "abc" [1; 2; 3] |> Seq.map (fun (c, n) -> sprintf "%c%d" c n) |> String.concat ",")
printfn "%A" (Seq.windowed 2 [1; 2; 3] |> Seq.map Array.sum |> Seq.toList)
printfn "%A" ([1; 2; 3; 4] |> Seq.scan (+) 0 |> Seq.toList)
printfn "%A" (Seq.groupBy (fun x -> x % 2) [1..5] |> Seq.map (fun (k, v) -> k, Seq.sum v) |> Seq.toList)
printfn "%b" (Seq.isEmpty (Seq.empty : int seq))
printfn "%d" (Seq.fold (fun acc x -> acc * 2 + x) 0 [1; 0; 1])
printfn "%A" (Seq.tryHead [], Seq.tryFind ((=) 3) [1; 3])
for i, x in Seq.indexed ["a"; "b"] do printfn "%d%s" i x
let cached = Seq.cache (seq { for i in 1 .. 3 do printf "<%d>" i; yield i })
printfn "%d %d" (Seq.sum cached) (Seq.sum cached)
printfn "%A" (Seq.distinct [1; 2; 1; 3] |> Seq.toList)
printfn "%A" (seq { yield 1; yield! seq { yield 2; yield 3 } } |> Seq.rev |> Seq.toList)
printfn "%d" (Seq.sum (seq { for i in 1 .. 100000 -> i }))
printfn "%A" ([ for c in "hello" do if c <> 'l' then c ])
