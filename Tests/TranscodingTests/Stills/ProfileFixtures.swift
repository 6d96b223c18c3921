import Foundation

/// Twenty-four patches of 40 pixels in a colour space of a profile's, and what LittleCMS (through
/// Pillow) makes of the file as sRGB. The profiles are made here, from published numbers.
enum ProfileFixtures {
    /// - Parameters:
    ///   - kind: `v4`, `v4 curves`, `table`, `grey 1.8`, `grey 2.2`.
    static func make(_ kind: String, source: URL, shown: URL, for run: StillRun) throws {
        try run.pillow(script, kind, source.path, shown.path)
    }

    /// A picture in numbers of sRGB under a profile that is none any more.
    static func broken(_ damage: String, _ file: URL, for run: StillRun) throws {
        try run.pillow(script, "broken " + damage, file.path)
    }

    private static let script = """
        import io, struct
        from PIL import ImageCms
        kind = args[0]
        fixed = lambda v: struct.pack(">i", round(v * 65536))
        xyz = lambda v: b"XYZ " + bytes(4) + b"".join(map(fixed, v))
        def para(kind, numbers):
            return b"para" + bytes(4) + struct.pack(">HH", kind, 0) + b"".join(map(fixed, numbers))
        def words(text):
            text = text.encode("utf-16-be")
            return b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(text), 28) + text
        def describe(text):
            text = text.encode() + bytes(1)
            return b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)
        def build(space, version, tags, pcs=b"XYZ "):
            table, data = struct.pack(">I", len(tags)), b""
            for tag, body in tags:
                table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(body))
                data += body + bytes(-len(body) % 4)
            head = struct.pack(">I", 128 + len(table) + len(data)) + bytes(4) + bytes([version, 0, 0, 0])
            head += b"mntr" + space + pcs + bytes(12) + b"acsp" + bytes(28)
            head += b"".join(map(fixed, [0.9642, 1, 0.8249]))
            return head + bytes(128 - len(head)) + table + data
        white = (b"wtpt", xyz([0.9642, 1, 0.8249]))
        adobe = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]
        p3 = [(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)]
        def matrix(version, columns, curve):
            text = words("made") if version == 4 else describe("made")
            tags = [(b"desc", text), (b"cprt", words("none") if version == 4 else b"text" + bytes(8)), white]
            tags += [(b"rgb"[i:i + 1] + b"XYZ", xyz(columns[i])) for i in range(3)]
            return build(b"RGB ", version, tags + [(b"rgb"[i:i + 1] + b"TRC", curve) for i in range(3)])
        def table():
            # ICC.1:2001-04, 6.5.7: a table of 33 colours a side, into L*a*b* of 16 bits.
            f = lambda t: t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
            light = [(i / 32) ** 2.2 for i in range(33)]
            values = []
            for r in light:
                for g in light:
                    for b in light:
                        x, y, z = (sum(v * c[i] for v, c in zip((r, g, b), adobe)) for i in range(3))
                        fx, fy, fz = f(x / 0.9642), f(y), f(z / 0.8249)
                        values += [(116 * fy - 16) * 652.8, (500 * (fx - fy) + 128) * 256,
                                   (200 * (fy - fz) + 128) * 256]
            body = b"mft2" + bytes(4) + bytes([3, 3, 33, 0])
            body += b"".join(map(fixed, [1, 0, 0, 0, 1, 0, 0, 0, 1])) + struct.pack(">HH", 2, 2)
            body += struct.pack(">6H", *[0, 65535] * 3)
            body += struct.pack(f">{len(values)}H", *[min(65535, max(0, round(v))) for v in values])
            body += struct.pack(">6H", *[0, 65535] * 3)
            tags = [(b"desc", describe("table")), (b"cprt", b"text" + bytes(8)), white, (b"A2B0", body)]
            return build(b"RGB ", 2, tags, pcs=b"Lab ")
        def grey(gamma):
            curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
            return build(b"GRAY", 2, [(b"desc", describe("grey")), (b"cprt", b"text" + bytes(8)), white, (b"kTRC", curve)])
        whole = matrix(2, adobe, b"curv" + bytes(4) + struct.pack(">IH", 1, 563) + bytes(2))
        mode, icc = "RGB", whole
        if kind == "v4": icc = matrix(4, adobe, para(0, [2.19921875]))
        elif kind == "v4 curves": icc = matrix(4, p3, para(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]))
        elif kind == "table": icc = table()
        elif kind.startswith("grey"): mode, icc = "L", grey(float(kind[5:]))
        elif kind == "broken half": icc = whole[:len(whole) // 2]
        elif kind == "broken head": icc = whole[:140]
        elif kind == "broken signature": icc = whole[:36] + b"none" + whole[40:]
        elif kind == "broken places": icc = whole[:128] + whole[128:132] + b"".join(
            whole[132 + 12 * i:136 + 12 * i] + struct.pack(">II", 1 << 30, 64) for i in range(9)) + whole[240:]
        elif kind == "broken noise": icc = bytes(range(256)) * 2
        image = Image.new(mode, (240, 160))
        for i in range(24):
            colour = tuple((40 + i * step) % 216 for step in (37, 83, 127))
            place = (i % 6 * 40, i // 6 * 40, i % 6 * 40 + 40, i // 6 * 40 + 40)
            image.paste(colour if mode == "RGB" else colour[0], place)
        options = dict(quality=100, subsampling=0) if args[1].endswith("jpg") else {}
        if args[1].endswith("webp"): options = dict(lossless=True)
        image.save(args[1], icc_profile=icc, **options)
        if len(args) > 2:
            ImageCms.profileToProfile(
                Image.open(args[1]), ImageCms.ImageCmsProfile(io.BytesIO(icc)),
                ImageCms.createProfile("sRGB"), renderingIntent=1, outputMode="RGB",
                flags=0x2000).save(args[2])
        """
}
