extension Chart {
    /// The frame in pixels: the plot lies within the margins.
    private enum Frame {
        static let width = 720.0
        static let height = 340.0
        static let left = 64.0
        static let right = 16.0
        static let top = 40.0
        static let bottom = 72.0
        static var plotWidth: Double { width - left - right }
        static var plotHeight: Double { height - top - bottom }
    }

    /// An SVG document of its own: readable on light and dark ground, every text escaped, no script, nothing fetched.
    package var svg: String {
        let xs = xRange
        let ys = yRange
        func x(_ value: Double) -> Double {
            Frame.left + (value - xs.lowerBound) / (xs.upperBound - xs.lowerBound) * Frame.plotWidth
        }
        func y(_ value: Double) -> Double {
            Frame.top + (ys.upperBound - value) / (ys.upperBound - ys.lowerBound) * Frame.plotHeight
        }
        var lines = opening
        lines += grid(xs, ys, x, y)
        for limit in limits where limit.y.isFinite {
            lines.append(Self.line("limit", Frame.left, y(limit.y), Frame.width - Frame.right, y(limit.y)))
            lines.append(Self.text("limit-name", Frame.width - Frame.right - 4, y(limit.y) - 4, limit.name, "end"))
        }
        for (index, mark) in marks.enumerated() where mark.x.isFinite {
            let top = Frame.top + Frame.plotHeight
            lines.append(Self.line("mark", x(mark.x), Frame.top, x(mark.x), top))
            lines.append(Self.text("mark-name", x(mark.x) + 3, Frame.top + 12 + Double(index % 3) * 12, mark.name))
        }
        for (index, series) in series.enumerated() {
            let points = series.drawn.map { "\(Self.number(x($0.x))),\(Self.number(y($0.y)))" }
            let shape = points.count == 1 ? points + points : points
            lines.append("  <polyline class=\"series s\(index % 4)\" points=\"\(shape.joined(separator: " "))\"/>")
        }
        return (lines + legend + ["</svg>", ""]).joined(separator: "\n")
    }

    private var opening: [String] {
        let size = "width=\"\(Self.number(Frame.width))\" height=\"\(Self.number(Frame.height))\""
        let box = "viewBox=\"0 0 \(Self.number(Frame.width)) \(Self.number(Frame.height))\""
        return [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) \(box) role=\"img\" "
                + "aria-label=\"\(Self.escaped(title))\">",
            "  <style>",
            "    text { font: 12px system-ui, sans-serif; fill: #334; }",
            "    .title { font-size: 14px; font-weight: 600; }",
            "    .grid { stroke: #8886; stroke-width: 0.5; }",
            "    .limit { stroke: #c33; stroke-width: 1.5; stroke-dasharray: 6 4; }",
            "    .limit-name { fill: #c33; }",
            "    .mark { stroke: #88a; stroke-width: 1; stroke-dasharray: 2 3; }",
            "    .mark-name { fill: #669; font-size: 10px; }",
            "    .series { fill: none; stroke-width: 2; stroke-linejoin: round; }",
            "    .s0 { stroke: #1765c1; } .s1 { stroke: #b35900; } .s2 { stroke: #2a7d2a; } .s3 { stroke: #86519d; }",
            "    @media (prefers-color-scheme: dark) {",
            "      text { fill: #ccd; } .mark-name { fill: #aac; }",
            "      .limit { stroke: #f77; } .limit-name { fill: #f77; }",
            "      .s0 { stroke: #6ab0ff; } .s1 { stroke: #ffb05a; } .s2 { stroke: #7ed07e; } .s3 { stroke: #cf9fe6; }",
            "    }",
            "  </style>",
            Self.text("title", Frame.left, 22, title),
        ]
    }

    private func grid(
        _ xs: ClosedRange<Double>, _ ys: ClosedRange<Double>, _ x: (Double) -> Double, _ y: (Double) -> Double
    ) -> [String] {
        let floor = Frame.top + Frame.plotHeight
        var lines: [String] = []
        for value in Ticks.values(ys, count: 5) {
            lines.append(Self.line("grid", Frame.left, y(value), Frame.width - Frame.right, y(value)))
            lines.append(Self.text("tick", Frame.left - 6, y(value) + 4, Ticks.text(value), "end"))
        }
        for value in Ticks.values(xs, count: 8) {
            lines.append(Self.line("grid", x(value), Frame.top, x(value), floor))
            lines.append(Self.text("tick", x(value), floor + 16, Ticks.text(value), "middle"))
        }
        lines.append(Self.text("label", Frame.left + Frame.plotWidth / 2, floor + 34, xLabel, "middle"))
        let middle = Frame.top + Frame.plotHeight / 2
        let turned = "transform=\"rotate(-90 14 \(Self.number(middle)))\""
        lines.append(
            "  <text class=\"label\" x=\"14\" y=\"\(Self.number(middle))\" text-anchor=\"middle\" \(turned)>"
                + "\(Self.escaped(yLabel))</text>")
        return lines
    }

    private var legend: [String] {
        var lines: [String] = []
        var left = Frame.left
        for (index, series) in series.enumerated() {
            let y = Frame.height - 16
            lines.append(Self.line("series s\(index % 4)", left, y - 4, left + 18, y - 4))
            lines.append(Self.text("name", left + 24, y, series.name))
            left += 44 + Double(series.name.count) * 7
        }
        return lines
    }

    // MARK: Parts

    private static func line(_ name: String, _ x: Double, _ y: Double, _ toX: Double, _ toY: Double) -> String {
        "  <line class=\"\(name)\" x1=\"\(number(x))\" y1=\"\(number(y))\" "
            + "x2=\"\(number(toX))\" y2=\"\(number(toY))\"/>"
    }

    private static func text(
        _ name: String, _ x: Double, _ y: Double, _ text: String, _ anchor: String = "start"
    ) -> String {
        "  <text class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">"
            + "\(escaped(text))</text>"
    }

    private static func number(_ value: Double) -> String { Ticks.text(value, digits: 1) }

    /// Safe as text and within a quoted attribute; what no XML may hold is dropped.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in SafeText.line(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                result.unicodeScalars.append(scalar)
            default: continue
            }
        }
        return result
    }
}
