/// A picture of numbers over time: what to draw, not how.
package struct Chart: Equatable, Sendable {
    package struct Point: Equatable, Sendable {
        package var x: Double
        package var y: Double

        package init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    package struct Series: Equatable, Sendable {
        package var name: String
        /// By rising x; points that are not finite are left out of the picture.
        package var points: [Point]

        package init(_ name: String, _ points: [Point]) {
            self.name = name
            self.points = points
        }
    }

    /// A level that something is decided at.
    package struct Limit: Equatable, Sendable {
        package var name: String
        package var y: Double

        package init(_ name: String, _ y: Double) {
            self.name = name
            self.y = y
        }
    }

    /// A moment at which something happened.
    package struct Mark: Equatable, Sendable {
        package var name: String
        package var x: Double

        package init(_ name: String, _ x: Double) {
            self.name = name
            self.x = x
        }
    }

    package var title: String
    /// With its unit.
    package var xLabel: String
    /// With its unit.
    package var yLabel: String
    package var series: [Series]
    package var limits: [Limit] = []
    package var marks: [Mark] = []

    package init(title: String, xLabel: String, yLabel: String, series: [Series]) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
    }

    package var isEmpty: Bool { series.allSatisfy { $0.drawn.isEmpty } }

    /// The least and greatest x drawn; never of length 0.
    var xRange: ClosedRange<Double> {
        Self.range(series.flatMap { $0.drawn.map(\.x) } + marks.map(\.x).filter(\.isFinite))
    }

    /// The same of y, limits included, with a little room.
    var yRange: ClosedRange<Double> {
        let plain = Self.range(series.flatMap { $0.drawn.map(\.y) } + limits.map(\.y).filter(\.isFinite))
        let room = (plain.upperBound - plain.lowerBound) * 0.05
        let low = plain.lowerBound >= 0 && plain.lowerBound - room < 0 ? 0 : plain.lowerBound - room
        return low...(plain.upperBound + room)
    }

    private static func range(_ values: [Double]) -> ClosedRange<Double> {
        guard let low = values.min(), let high = values.max() else { return 0...1 }
        return low < high ? low...high : low - 0.5...high + 0.5
    }
}

extension Chart.Series {
    var drawn: [Chart.Point] {
        points.filter { $0.x.isFinite && $0.y.isFinite && abs($0.x) < 1e12 && abs($0.y) < 1e12 }
    }
}

/// Round numbers along an axis.
enum Ticks {
    /// At most `count` + 1 values within the range, at 1, 2 or 5 times a power of ten; never empty.
    static func values(_ range: ClosedRange<Double>, count: Int) -> [Double] {
        let raw = (range.upperBound - range.lowerBound) / Double(max(count, 1))
        var power = 1.0
        while power * 10 <= raw { power *= 10 }
        while power > raw { power /= 10 }
        let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? raw
        var values: [Double] = []
        var index = (range.lowerBound / step).rounded(.up)
        while index * step <= range.upperBound + step * 1e-9, values.count <= 20 {
            values.append(index * step)
            index += 1
        }
        return values.isEmpty ? [range.lowerBound] : values
    }

    /// Without grouping, with as many of at most `digits` decimals as say something.
    static func text(_ value: Double, digits: Int = 2) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "0" }
        var scale: Int64 = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((value.magnitude * Double(scale)).rounded())
        var fraction = String(String(scaled % scale + scale).dropFirst())
        while fraction.last == "0" { fraction.removeLast() }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return "\(sign)\(scaled / scale)" + (fraction.isEmpty ? "" : ".\(fraction)")
    }
}
