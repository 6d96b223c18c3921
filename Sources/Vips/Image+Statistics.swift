extension Image {
    /// The mean of all values of all channels; reads every pixel. Wraps `avg`.
    package func average() throws(VipsError) -> Double {
        var operation = try Operation("avg")
        try operation.set("in", .image(self))
        try operation.run()
        return try operation.double()
    }

    /// The largest value of all channels; reads every pixel. Wraps `max`.
    package func maximum() throws(VipsError) -> Double {
        var operation = try Operation("max")
        try operation.set("in", .image(self))
        try operation.run()
        return try operation.double()
    }

    /// The smallest value of all channels; reads every pixel. Wraps `min`.
    package func minimum() throws(VipsError) -> Double {
        var operation = try Operation("min")
        try operation.set("in", .image(self))
        try operation.run()
        return try operation.double()
    }

    /// The standard deviation of all values; reads every pixel. Wraps `deviate`.
    package func deviation() throws(VipsError) -> Double {
        var operation = try Operation("deviate")
        try operation.set("in", .image(self))
        try operation.run()
        return try operation.double()
    }

    /// The values of one pixel. Wraps `getpoint`.
    package func values(x: Int, y: Int) throws(VipsError) -> [Double] {
        var operation = try Operation("getpoint")
        try operation.set("in", .image(self))
        try operation.set("x", .int(x))
        try operation.set("y", .int(y))
        try operation.run()
        return try operation.doubles("out_array")
    }
}
