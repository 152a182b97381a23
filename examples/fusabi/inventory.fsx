// inventory: records, maps, pipelines, results, validation
type Sku = Sku of string
type Item = { Sku: Sku; Name: string; Price: float; Qty: int; Tags: string list }
type Problem =
    | EmptyName
    | BadPrice of float
    | BadQty of int
let validate item =
    [ if item.Name = "" then EmptyName
      if item.Price < 0.0 then BadPrice item.Price
      if item.Qty < 0 then BadQty item.Qty ]
    |> function
        | [] -> Ok item
        | problems -> Error problems
let items =
    [ { Sku = Sku "a1"; Name = "Apple"; Price = 0.5; Qty = 10; Tags = [ "fruit"; "red" ] }
      { Sku = Sku "b2"; Name = "Banana"; Price = 0.25; Qty = 4; Tags = [ "fruit" ] }
      { Sku = Sku "c3"; Name = ""; Price = -1.0; Qty = 0; Tags = [] } ]
let good, bad =
    items
    |> List.map validate
    |> List.partition (function Ok _ -> true | Error _ -> false)
printfn "%d good, %d bad" good.Length bad.Length
for r in bad do
    match r with
    | Error ps -> ps |> List.map (sprintf "%A") |> String.concat ", " |> printfn "problems: %s"
    | Ok _ -> ()
let total = items |> List.sumBy (fun i -> i.Price * float i.Qty)
printfn "total %.2f" total
let byTag =
    items
    |> List.collect (fun i -> i.Tags |> List.map (fun t -> t, i.Name))
    |> List.groupBy fst
    |> List.map (fun (t, xs) -> t, xs |> List.map snd)
    |> Map.ofList
byTag |> Map.iter (fun k v -> printfn "%s -> %s" k (String.concat "+" v))
let restock sku n items =
    items |> List.map (fun i -> if i.Sku = sku then { i with Qty = i.Qty + n } else i)
let after = restock (Sku "b2") 6 items
printfn "%A" (after |> List.map (fun i -> i.Qty))
printfn "%A" (after |> List.tryFind (fun { Name = n } -> n.StartsWith "B") |> Option.map (fun i -> i.Price))
let cheapest = items |> List.filter (fun i -> i.Qty > 0) |> List.minBy (fun i -> i.Price)
printfn "%s" cheapest.Name
let table =
    [ yield sprintf "%-8s|%6s" "name" "price"
      yield String.replicate 15 "-"
      for i in items do
          if i.Name <> "" then
              yield sprintf "%-8s|%6.2f" i.Name i.Price ]
table |> List.iter (printfn "%s")
let invoice = items |> List.fold (fun (sub, n) i -> sub + i.Price * float i.Qty, n + i.Qty) (0.0, 0)
printfn "%A" invoice
type Cart = { Lines: (Item * int) list } with
    member c.Total = c.Lines |> List.sumBy (fun (i, n) -> i.Price * float n)
    member c.Add(i, n) = { c with Lines = (i, n) :: c.Lines }
    static member Empty = { Lines = [] }
let cart = Cart.Empty.Add(items.[0], 3).Add(items.[1], 1)
printfn "%.2f %d" cart.Total cart.Lines.Length
