package org.ringfence.cli.own;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Quoted;

/**
 * The files that one {@code --with} brings: sources, or classes, and the lists of services beside them. All are read
 * once, so that what is digested is what runs.
 *
 * @param bundle what they are told of as
 * @param files by their path in the folder or jar
 * @param sources whether they are Java source
 */
record OwnFiles(Bundle bundle, Map<String, byte[]> files, boolean sources) {
    private static final int MOST_FILES = 20_000;
    private static final long MOST_BYTES = 256L << 20;
    private static final String SERVICES = "META-INF/services/";

    /** Reads what is at {@code path}. */
    static OwnFiles of(Path path, String shown) throws BadInput {
        try {
            if (Files.isDirectory(path)) {
                return folder(path, shown);
            }
            if (!Files.exists(path)) {
                throw bad(shown,
                        "there is no such file or folder; --with takes a jar, a folder of classes, a .java file or a folder of them");
            }
            if (!Files.isRegularFile(path)) {
                throw bad(shown,
                        "is no regular file; --with takes a jar, a folder of classes, a .java file or a folder of them");
            }
            if (Files.size(path) > MOST_BYTES) {
                throw bad(shown, "is larger than the 256 MiB that software may have");
            }
            if (shown.endsWith(".java")) {
                byte[] bytes = Files.readAllBytes(path);
                return new OwnFiles(
                        new Bundle(shown, sha256(bytes)), Map.of(String.valueOf(path.getFileName()), bytes), true);
            }
            if (shown.endsWith(".jar") || shown.endsWith(".zip")) {
                return jar(path, shown);
            }
        } catch (IOException | UncheckedIOException e) {
            throw bad(shown, "cannot be read (%s)".formatted(Quoted.plain(String.valueOf(e.getMessage()))));
        }
        if (shown.endsWith(".wasm")) {
            throw bad(shown, "is a module of WebAssembly; a case names it, as the option 'module' of the routine wasm");
        }
        throw bad(shown, shown.endsWith(".class")
                ? "is a single class; name the folder that its package lies in"
                : "is neither a jar, nor a folder, nor a .java file");
    }

    private static OwnFiles jar(Path path, String shown) throws BadInput, IOException {
        Map<String, byte[]> files = new TreeMap<>();
        long left = MOST_BYTES;
        try (ZipFile zip = new ZipFile(path.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (isClass(entry.getName()) || isServices(entry.getName())) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        byte[] bytes = in.readNBytes((int) left + 1);
                        left -= bytes.length;
                        files.put(entry.getName(), bytes);
                    }
                    requireFew(shown, files.size(), left);
                }
            }
        } catch (ZipException e) {
            throw bad(shown,
                    "is no jar, or a damaged one (%s)".formatted(Quoted.plain(String.valueOf(e.getMessage()))));
        }
        return new OwnFiles(new Bundle(shown, sha256(Files.readAllBytes(path))), files, false);
    }

    private static OwnFiles folder(Path folder, String shown) throws BadInput, IOException {
        Map<String, byte[]> files = new TreeMap<>();
        boolean sources = false;
        boolean classes = false;
        long left = MOST_BYTES;
        List<Path> found;
        try (Stream<Path> walk = Files.walk(folder)) {
            found = walk.limit(MOST_FILES + 1L).toList();
        }
        requireFew(shown, found.size(), left);
        for (Path path : found) {
            String name = folder.relativize(path).toString().replace('\\', '/');
            boolean isSource = isSource(name);
            if ((isSource || isClass(name) || isServices(name)) && Files.isRegularFile(path)) {
                sources |= isSource;
                classes |= isClass(name);
                left -= Files.size(path);
                requireFew(shown, files.size(), left);
                files.put(name, Files.readAllBytes(path));
            }
        }
        if (sources && classes) {
            throw bad(shown, "has both .java and .class files in it; name a folder with the ones or with the others");
        }
        StringBuilder lines = new StringBuilder();
        files.forEach((name, bytes) -> lines.append(sha256(bytes)).append("  ").append(name).append('\n'));
        return new OwnFiles(
                new Bundle(shown, sha256(lines.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                files,
                sources);
    }

    private static void requireFew(String shown, int files, long left) throws BadInput {
        if (files > MOST_FILES || left < 0) {
            throw bad(shown,
                    "has more than 20,000 files, or more than 256 MiB; name the folder or jar that only the software is in");
        }
    }

    private static boolean isSource(String name) {
        return name.endsWith(".java") && !name.endsWith("module-info.java");
    }

    private static boolean isClass(String name) {
        return name.endsWith(".class") && !name.endsWith("module-info.class") && !name.startsWith("META-INF/");
    }

    private static boolean isServices(String name) {
        return name.startsWith(SERVICES) && !name.endsWith("/");
    }

    /** The list of providers of a service; empty where there is none. */
    String providers(Class<?> service) {
        byte[] list = files.get(SERVICES + service.getName());
        return list == null ? "" : new String(list, java.nio.charset.StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    static BadInput bad(String file, String sentence) {
        return new BadInput(new Problem(file, null, sentence));
    }
}
