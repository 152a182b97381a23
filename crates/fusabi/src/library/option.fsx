module Option

let get (o: 'a option) =
    match o with
    | Some x -> x
    | None -> failwith "Option.get: the option is None"

let defaultWith make (o: 'a option) =
    match o with
    | Some x -> x
    | None -> make ()

let map f (o: 'a option) =
    match o with
    | Some x -> Some (f x)
    | None -> None

let map2 f (a: 'a option) (b: 'b option) =
    match a, b with
    | Some x, Some y -> Some (f x y)
    | _ -> None

let map3 f (a: 'a option) (b: 'b option) (c: 'c option) =
    match a, b, c with
    | Some x, Some y, Some z -> Some (f x y z)
    | _ -> None

let bind (f: 'a -> 'b option) (o: 'a option) =
    match o with
    | Some x -> f x
    | None -> None

let iter (f: 'a -> unit) (o: 'a option) =
    match o with
    | Some x -> f x
    | None -> ()

let filter f (o: 'a option) =
    match o with
    | Some x when f x -> o
    | _ -> None

let exists f (o: 'a option) =
    match o with
    | Some x -> f x
    | None -> false

let forall f (o: 'a option) =
    match o with
    | Some x -> f x
    | None -> true

let contains item (o: 'a option) =
    match o with
    | Some x -> x = item
    | None -> false

let count (o: 'a option) =
    match o with
    | Some _ -> 1
    | None -> 0

let fold f state (o: 'a option) =
    match o with
    | Some x -> f state x
    | None -> state

let foldBack f (o: 'a option) state =
    match o with
    | Some x -> f x state
    | None -> state

let flatten (o: 'a option option) =
    match o with
    | Some inner -> inner
    | None -> None

let orElse (other: 'a option) (o: 'a option) =
    match o with
    | Some _ -> o
    | None -> other

let orElseWith (make: unit -> 'a option) (o: 'a option) =
    match o with
    | Some _ -> o
    | None -> make ()

let toList (o: 'a option) =
    match o with
    | Some x -> [ x ]
    | None -> []

let toArray (o: 'a option) =
    match o with
    | Some x -> [| x |]
    | None -> [||]
