package org.ringfence.cli.own;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Quoted;

/** Compiles Java source in memory, with the compiler of the JDK that Ringfence runs on. */
final class SourceCompiler {
    private final List<Source> sources = new ArrayList<>();

    /** One file; {@code shown} is what messages call it. */
    private static final class Source extends SimpleJavaFileObject {
        private final Bundle bundle;
        private final String shown;
        private final String text;

        Source(Bundle bundle, String shown, String text) {
            super(URI.create("string:///" + encoded(shown)), Kind.SOURCE);
            this.bundle = bundle;
            this.shown = shown;
            this.text = text;
        }

        private static String encoded(String shown) {
            String path = shown.startsWith("/") ? shown.substring(1) : shown;
            return java.net.URLEncoder.encode(path, StandardCharsets.UTF_8).replace("%2F", "/").replace("+", "%20");
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** A class file that the compiler has written. */
    private static final class Written extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final @Nullable Source source;

        Written(String name, @Nullable FileObject sibling) {
            super(URI.create("mem:///" + name.replace('.', '/') + Kind.CLASS.extension), Kind.CLASS);
            this.source = sibling instanceof Source of ? of : null;
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    /**
     * Keeps what is written, and finds Ringfence's classes and those of the user's jars and folders beside the
     * platform's.
     */
    private static final class Files extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, Written> written = new LinkedHashMap<>();

        Files(JavaFileManager standard) {
            super(standard);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            Written file = new Written(className, sibling);
            written.put(className, file);
            return file;
        }

        @Override
        public boolean hasLocation(Location location) {
            return location != StandardLocation.ANNOTATION_PROCESSOR_PATH && super.hasLocation(location);
        }
    }

    /** Adds the sources of {@code contents}. */
    void add(OwnFiles contents) throws BadInput {
        for (Map.Entry<String, byte[]> file : contents.files().entrySet()) {
            if (file.getKey().endsWith(".java")) {
                String path = contents.bundle().path();
                String shown = path.endsWith(".java") ? path : path.replaceAll("/+$", "") + "/" + file.getKey();
                sources.add(new Source(contents.bundle(), shown, text(shown, file.getValue())));
            }
        }
    }

    private static String text(String shown, byte[] bytes) throws BadInput {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw OwnFiles.bad(shown, "is not UTF-8, as Java source must be");
        }
    }

    /** Compiles what was added against {@code classPath}, separated as the platform does. */
    List<OwnClass> compile(String classPath) throws BadInput {
        if (sources.isEmpty()) {
            return List.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw OwnFiles.bad(
                    sources.getFirst().shown,
                    "this Java has no compiler; run Ringfence with a JDK, or give --with a jar or a folder of classes");
        }
        DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
        try (Files files = new Files(compiler.getStandardFileManager(told, Locale.ROOT, StandardCharsets.UTF_8))) {
            boolean good = compiler
                    .getTask(
                            Writer.nullWriter(),
                            files,
                            told,
                            List.of("-g", "-proc:none", "-nowarn", "-Xlint:none", "-parameters", "-implicit:none",
                                    "-classpath", classPath),
                            null,
                            sources)
                    .call();
            List<Problem> errors = told.getDiagnostics().stream()
                    .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
                    .map(this::problem)
                    .distinct()
                    .toList();
            if (!errors.isEmpty()) {
                throw new BadInput(errors);
            }
            if (!good) {
                throw OwnFiles.bad(sources.getFirst().shown, "cannot be compiled, and the compiler does not say why");
            }
            List<OwnClass> classes = new ArrayList<>();
            for (Written written : files.written.values()) {
                Source source = Objects.requireNonNullElse(written.source, sources.getFirst());
                classes.add(new OwnClass(source.bundle, source.shown, written.bytes.toByteArray()));
            }
            return classes;
        } catch (IOException e) {
            throw OwnFiles.bad(sources.getFirst().shown, "cannot be compiled (%s)"
                    .formatted(Quoted.plain(String.valueOf(e.getMessage()))));
        }
    }

    private Problem problem(Diagnostic<? extends JavaFileObject> error) {
        String file = error.getSource() instanceof Source source ? source.shown : sources.getFirst().shown;
        String message = String.valueOf(error.getMessage(Locale.ROOT)).strip().replaceAll("\\s*\\R\\s*", "; ");
        return error.getLineNumber() == Diagnostic.NOPOS
                ? new Problem(file, null, message)
                : new Problem("%s:%d".formatted(file, error.getLineNumber()), null, message);
    }
}
