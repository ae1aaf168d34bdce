// The two functions the formulas need, written here because a pure target may not import a C library.
// Both are within 1e-14 relative of the true value where the result is a normal number (tests compare with Foundation);
// the true error is about two units in the last place.

private let ln2High = 6.93147180369123816490e-01  // 33 bits, so that multiples up to 2^20 are exact
private let ln2Low = 1.90821492927058770002e-10

/// The natural logarithm; −infinity at 0, NaN below.
package func logarithm(_ value: Double) -> Double {
    guard value > 0, value.isFinite else {
        return value == 0 ? -.infinity : value == .infinity ? .infinity : .nan
    }
    var exponent = value.exponent
    var significand = value.significand  // in [1, 2)
    if significand > 1.414_213_562_373_095_1 {
        significand *= 0.5
        exponent += 1
    }
    let scale = Double(exponent)
    let difference = significand - 1  // exact
    return scale * ln2High + (scale * ln2Low + twiceArtanh(difference / (2 + difference)))
}

/// ln(1 + value), accurate for tiny values too; −infinity at −1, NaN below.
package func logarithm(onePlus value: Double) -> Double {
    guard value > -0.25, value < 0.4 else { return logarithm(1 + value) }
    return twiceArtanh(value / (2 + value))
}

/// ln((1 + s) / (1 − s)) for |s| ≤ 0.172, by its series; the term after the last is below 1e-17 of the sum.
private func twiceArtanh(_ s: Double) -> Double {
    let z = s * s
    let upper = 1.0 / 15 + z * (1.0 / 17 + z * (1.0 / 19 + z * (1.0 / 21 + z * (1.0 / 23))))
    let tail =
        z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9 + z * (1.0 / 11 + z * (1.0 / 13 + z * upper))))))
    return 2 * (s + s * tail)
}

/// e to the power of `value`; 0 below the range of `Double`, infinity above it, NaN for NaN.
package func exponential(_ value: Double) -> Double {
    guard value < 709.79 else { return value.isNaN ? .nan : .infinity }
    guard value > -745.2 else { return 0 }
    let multiple = (value * 1.442_695_040_888_963_4).rounded()
    let high = value - multiple * ln2High
    let low = multiple * ln2Low
    let rest = high - low  // |rest| ≤ 0.347
    let error = (high - rest) - low
    var sum = 1.0 / 6_227_020_800  // 1/13!
    sum = sum * rest + 1.0 / 479_001_600
    sum = sum * rest + 1.0 / 39_916_800
    sum = sum * rest + 1.0 / 3_628_800
    sum = sum * rest + 1.0 / 362_880
    sum = sum * rest + 1.0 / 40_320
    sum = sum * rest + 1.0 / 5_040
    sum = sum * rest + 1.0 / 720
    sum = sum * rest + 1.0 / 120
    sum = sum * rest + 1.0 / 24
    sum = sum * rest + 1.0 / 6
    sum = sum * rest + 0.5
    let power = 1 + (rest + (error + rest * rest * sum))
    // In two steps, because 2^1024 and 2^−1075 are no doubles although the result may be one.
    let half = Int(multiple) / 2
    let first = Double(sign: .plus, exponent: half, significand: power)
    return first * Double(sign: .plus, exponent: Int(multiple) - half, significand: 1)
}

/// ln Σ exp(term), without overflow; −infinity for no terms.
func logarithmOfSum(exponentials terms: [Double]) -> Double {
    guard let greatest = terms.max(), greatest > -.infinity else { return -.infinity }
    var sum = 0.0
    for term in terms where term - greatest > -40 {  // the others add less than 1e-17 of the sum
        sum += exponential(term - greatest)
    }
    return greatest + logarithm(sum)
}
