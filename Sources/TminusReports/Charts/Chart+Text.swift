extension Chart {
    /// The same for a terminal, in block characters: the first series filled, limits as dashes, the others by name in
    /// the lines below with their last value.
    ///
    /// - Parameter columns: of the screen; at least 30 are used.
    package func lines(columns: Int, rows: Int = 10) -> [StyledLine] {
        guard let first = series.first, !first.drawn.isEmpty else {
            return [StyledLine("\(title): nothing to draw", .faint)]
        }
        let ys = yRange
        let gutter = 10
        let width = max(min(columns, 160) - gutter - 2, 20)
        let heights = heights(first, width: width, rows: rows, ys)
        let levels = limits.filter { $0.y.isFinite }.map { limit in
            (row: row(of: limit.y, rows, ys), name: limit.name)
        }
        var lines = [StyledLine(title, .strong).appending(", \(yLabel)", .faint)]
        for row in (0..<rows).reversed() {
            let name = row == rows - 1 ? ys.upperBound : row == 0 ? ys.lowerBound : nil
            var line = StyledLine((name.map { Ticks.text($0) } ?? "").paddedLeft(to: gutter - 2), .faint)
            let limit = levels.first { $0.row == row }
            line.append(" │", .faint)
            line = line.appending(cells(heights, row, limit?.name))
            lines.append(line)
        }
        let xs = xRange
        let from = Ticks.text(xs.lowerBound)
        let until = Ticks.text(xs.upperBound)
        let gap = max(width - from.count - until.count - xLabel.count, 2)
        lines.append(StyledLine("".paddedLeft(to: gutter - 1) + "└" + String(repeating: "─", count: width), .faint))
        let half = String(repeating: " ", count: gap / 2)
        let rest = String(repeating: " ", count: gap - gap / 2)
        lines.append(StyledLine("".paddedLeft(to: gutter) + "\(from)\(half)\(xLabel)\(rest)\(until)", .faint))
        for series in series {
            guard let last = series.drawn.last else { continue }
            lines.append(StyledLine("  \(series.name): \(Ticks.text(last.y)) at the end", .faint))
        }
        return lines
    }

    /// Height of each column in eighths of a row; nil where the series says nothing yet.
    private func heights(_ series: Series, width: Int, rows: Int, _ ys: ClosedRange<Double>) -> [Int?] {
        let xs = xRange
        let points = series.drawn
        var next = 0
        var current: Double?
        return (0..<width).map { column in
            let edge = xs.lowerBound + (xs.upperBound - xs.lowerBound) * Double(column + 1) / Double(width)
            while next < points.count, points[next].x <= edge {
                current = points[next].y
                next += 1
            }
            guard let current else { return nil }
            let share = (current - ys.lowerBound) / (ys.upperBound - ys.lowerBound)
            return Int((min(max(share, 0), 1) * Double(rows * 8)).rounded())
        }
    }

    private func row(of value: Double, _ rows: Int, _ ys: ClosedRange<Double>) -> Int {
        let share = (value - ys.lowerBound) / (ys.upperBound - ys.lowerBound)
        return min(max(Int(share * Double(rows)), 0), rows - 1)
    }

    private func cells(_ heights: [Int?], _ row: Int, _ limit: String?) -> StyledLine {
        let blocks = Array(" ▁▂▃▄▅▆▇█")
        let name = limit.map { " \($0) " } ?? ""
        var line = StyledLine()
        var text = ""
        for (column, height) in heights.enumerated() {
            let eighths = min(max((height ?? 0) - row * 8, 0), 8)
            let isName = limit != nil && eighths == 0 && column >= heights.count - name.count
            if isName {
                text.append(Array(name)[column - (heights.count - name.count)])
            } else if eighths == 0, limit != nil {
                text.append("┄")
            } else {
                text.append(blocks[eighths])
            }
        }
        line.append(text, limit == nil ? .active : .caution)
        return line
    }
}
