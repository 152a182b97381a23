// Values that are computed once, when they are asked for first.
module Lazy'

type ``lazy``<'a> = { mutable Work: (unit -> 'a) option; mutable Made: 'a option }

let make (work: unit -> 'a) : ``lazy``<'a> = { Work = Some work; Made = None }

let force (value: ``lazy``<'a>) : 'a =
    match value.Made with
    | Some made -> made
    | None ->
        match value.Work with
        | None -> failwith "a lazy value needs itself"
        | Some work ->
            value.Work <- None
            try
                let made = work ()
                value.Made <- Some made
                made
            with failure ->
                value.Work <- Some work
                raise failure
