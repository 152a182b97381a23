// What operators on functions are.
module Function'

let compose (f: 'a -> 'b) (g: 'b -> 'c) (x: 'a) : 'c = g (f x)
