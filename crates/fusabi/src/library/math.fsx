module Math

let pow (x: float) (y: float) = Native.floatPow x y
let sin (x: float) = Native.floatSin x
let cos (x: float) = Native.floatCos x
let tan (x: float) = Native.floatTan x
let asin (x: float) = Native.floatAsin x
let acos (x: float) = Native.floatAcos x
let atan (x: float) = Native.floatAtan x
let atan2 (y: float) (x: float) = Native.floatAtan2 y x
let log (x: float) = Native.floatLn x
let log10 (x: float) = Native.floatLog10 x
let exp (x: float) = Native.floatExp x
let Pow (x: float, y: float) = Native.floatPow x y
