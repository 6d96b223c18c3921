/// One component of a path, as the bytes it is: Linux names need not be text.
package struct FileName: Hashable, Sendable, ExpressibleByStringLiteral {
    package let bytes: [UInt8]

    /// nil for an empty name, `.`, `..`, or bytes with `/` or NUL: nothing that can climb.
    package init?(bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard !bytes.isEmpty, !bytes.contains(UInt8(ascii: "/")), !bytes.contains(0),
            bytes != [UInt8(ascii: ".")], bytes != [UInt8(ascii: "."), UInt8(ascii: ".")]
        else { return nil }
        self.bytes = bytes
    }

    package init?(_ text: String) { self.init(bytes: text.utf8) }

    /// For names in our own source.
    package init(stringLiteral text: String) {
        guard let name = FileName(text) else { preconditionFailure("not a file name: \(text)") }
        self = name
    }

    package var isHidden: Bool { bytes.first == UInt8(ascii: ".") }

    package func hasSuffix(_ suffix: String) -> Bool {
        bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    /// nil when nothing would be left.
    package func dropping(suffix: String) -> FileName? {
        hasSuffix(suffix) ? FileName(bytes: bytes.dropLast(suffix.utf8.count)) : nil
    }

    package func appending(_ suffix: String) -> FileName {
        guard let name = FileName(bytes: bytes + Array(suffix.utf8)) else {
            preconditionFailure("a suffix without / and NUL")
        }
        return name
    }

    /// Lends the name as a C string for the call.
    func withCString<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        // String's own withCString would replace bytes that are not UTF-8.
        let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
        return unsafe terminated.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else {
                preconditionFailure("the array holds at least the NUL")
            }
            return unsafe body(base)
        }
    }
}

extension FileName: CustomStringConvertible {
    /// For logs, documents and pages: invalid UTF-8, control characters, line separators and
    /// direction overrides are written as `\xHH` and `\u{H}`, so that a name cannot forge a line
    /// or look like another.
    package var description: String {
        var text = ""
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        func escape(byte: UInt8) -> String {
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
        decoding: while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar):
                offset += UTF8.width(scalar)
                if Self.isPlain(scalar) {
                    text.unicodeScalars.append(scalar)
                } else if scalar.isASCII {
                    text += escape(byte: UInt8(scalar.value))
                } else {
                    text += "\\u{" + String(scalar.value, radix: 16) + "}"
                }
            case .emptyInput:
                break decoding
            case .error:
                // The decoder may have swallowed several bytes: go on behind the offending one.
                text += escape(byte: bytes[offset])
                offset += 1
                decoder = UTF8()
                iterator = Array(bytes[offset...]).makeIterator()
            }
        }
        return text
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            false
        default: scalar != "\\"
        }
    }
}
