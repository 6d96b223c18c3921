import CVips

/// One libvips operation: named, given its arguments, run, asked for its results.
///
/// This is libvips' operation layer, which its documentation recommends to bindings: every operation,
/// loader and saver is reached through it, and there is one place that frees. The handle owns the
/// operation object; whatever happens it is released with all its outputs.
/// https://www.libvips.org/API/8.14/binding.html
@safe
package struct Operation: ~Copyable {
    /// The nickname, for errors.
    package let nickname: String
    private var handle: UnsafeMutablePointer<VipsOperation>

    /// Creates the operation of that nickname. Wraps `vips_operation_new`.
    package init(_ nickname: String) throws(VipsError) {
        guard unsafe cvips_has_operation(nickname) != 0,
            let handle = unsafe vips_operation_new(nickname)
        else {
            throw VipsError(
                .unknownOperation, operation: nickname,
                detail: "libvips \(Runtime.version) has no such operation")
        }
        guard unsafe cvips_operation_is_blocked(handle) == 0 else {
            unsafe g_object_unref(handle)
            throw VipsError(
                .blocked, operation: nickname, detail: "blocked: its parser is not trusted")
        }
        self.nickname = nickname
        unsafe self.handle = handle
    }

    deinit {
        unsafe vips_object_unref_outputs(Self.object(handle))
        unsafe g_object_unref(handle)
    }

    /// Sets one argument. Stands for `g_object_set`.
    package mutating func set(_ name: String, _ value: Argument) throws(VipsError) {
        let code: Int32
        switch value {
        case .int(let v):
            code = unsafe cvips_operation_set_int(handle, name, try narrowed(v, name))
        case .double(let v): code = unsafe cvips_operation_set_double(handle, name, v)
        case .bool(let v): code = unsafe cvips_operation_set_bool(handle, name, v ? 1 : 0)
        case .string(let v): code = unsafe cvips_operation_set_string(handle, name, v)
        case .image(let v): code = unsafe cvips_operation_set_object(handle, name, v.handle)
        case .source(let v): code = unsafe cvips_operation_set_object(handle, name, v.handle)
        case .target(let v): code = unsafe cvips_operation_set_object(handle, name, v.handle)
        case .images(let v):
            var pointers: [UnsafeMutablePointer<VipsImage>?] = unsafe v.map { unsafe $0.handle }
            code = unsafe cvips_operation_set_images(handle, name, &pointers, Int32(v.count))
        case .doubles(let v):
            code = unsafe cvips_operation_set_doubles(handle, name, v, Int32(v.count))
        case .ints(let v):
            var narrow: [Int32] = []
            for number in v { narrow.append(try narrowed(number, name)) }
            code = unsafe cvips_operation_set_ints(handle, name, narrow, Int32(v.count))
        case .blob(let v): code = unsafe cvips_operation_set_blob(handle, name, v, v.count)
        }
        try check(code, name)
    }

    /// Runs the operation. Wraps `vips_cache_operation_buildp` (the cache is off).
    ///
    /// libvips is lazy: for most operations this checks the arguments and draws the pipeline; the
    /// pixels, and with them a broken input's failure, come when the result is saved or read.
    package mutating func run() throws(VipsError) {
        var object: UnsafeMutablePointer<VipsOperation>? = unsafe handle
        let code = unsafe vips_cache_operation_buildp(&object)
        if let object = unsafe object { unsafe handle = object }
        guard code == 0 else { throw VipsError.taking(nickname) }
    }

    /// The image that an output argument holds after `run`.
    package func image(_ name: String = "out") throws(VipsError) -> Image {
        guard let image = unsafe cvips_operation_get_image(handle, name) else {
            throw VipsError(.badArgument, operation: nickname, detail: "no output image \(name)")
        }
        return unsafe Image(owning: image)
    }

    /// The number that an output argument holds after `run`.
    package func double(_ name: String = "out") throws(VipsError) -> Double {
        var value = 0.0
        try check(unsafe cvips_operation_get_double(handle, name, &value), name)
        return value
    }

    /// The numbers that an output argument holds after `run`.
    package func doubles(_ name: String = "out") throws(VipsError) -> [Double] {
        let length = unsafe cvips_operation_get_doubles(handle, name, nil, 0)
        guard length >= 0 else {
            throw VipsError(.badArgument, operation: nickname, detail: "no output array \(name)")
        }
        var values = [Double](repeating: 0, count: Int(length))
        _ = unsafe cvips_operation_get_doubles(handle, name, &values, length)
        return values
    }

    private func narrowed(_ value: Int, _ name: String) throws(VipsError) -> Int32 {
        guard let narrow = Int32(exactly: value) else {
            throw VipsError(
                .badArgument, operation: nickname, detail: "\(name): \(value) is out of range")
        }
        return narrow
    }

    private func check(_ code: Int32, _ name: String) throws(VipsError) {
        let reason: String
        switch Int(code) {
        case CVIPS_SET: return
        case CVIPS_NO_SUCH_PROPERTY: reason = "no argument \(name)"
        case CVIPS_NO_SUCH_VALUE: reason = "no such value for \(name)"
        default: reason = "\(name) has another type"
        }
        throw VipsError(.badArgument, operation: nickname, detail: reason)
    }

    private static func object(
        _ handle: UnsafeMutablePointer<VipsOperation>
    ) -> UnsafeMutablePointer<VipsObject> {
        unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: VipsObject.self)
    }
}

/// The arguments of one call, in the order in which they are set.
package typealias Arguments = KeyValuePairs<String, Argument>

extension Operation {
    /// Runs an operation whose result is one image.
    package static func image(
        _ nickname: String, _ arguments: Arguments, output: String = "out"
    ) throws(VipsError) -> Image {
        var operation = try Operation(nickname)
        for (name, value) in arguments { try operation.set(name, value) }
        try operation.run()
        return try operation.image(output)
    }

    /// Runs an operation that has no result (a saver).
    package static func run(
        _ nickname: String, _ arguments: Arguments, _ more: [(String, Argument)] = []
    ) throws(VipsError) {
        var operation = try Operation(nickname)
        for (name, value) in arguments { try operation.set(name, value) }
        for (name, value) in more { try operation.set(name, value) }
        try operation.run()
    }
}
