package org.ringfence.cli.own;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassModel;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads the user's classes, below Ringfence's own, and shows {@link java.util.ServiceLoader} which of them provide
 * what.
 */
final class OwnLoader extends ClassLoader {
    private final Map<String, OwnClass> classes;
    private final Map<String, String> providers;
    private final PatientLoops loops;

    /**
     * For these classes.
     *
     * @param classes by their names with dots
     * @param providers the list of each service's providers, by the service's name
     */
    OwnLoader(Map<String, OwnClass> classes, Map<String, String> providers, ClassLoader parent) {
        super("own", parent);
        this.classes = Map.copyOf(classes);
        this.providers = Map.copyOf(providers);
        Map<String, ClassModel> models = new LinkedHashMap<>();
        for (OwnClass one : classes.values()) {
            models.put(one.model().thisClass().asInternalName(), one.model());
        }
        this.loops = new PatientLoops(models, parent);
    }

    static {
        registerAsParallelCapable();
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        OwnClass own = classes.get(name);
        if (own == null) {
            throw new ClassNotFoundException(name);
        }
        byte[] bytes = patient(own);
        return defineClass(name, bytes, 0, bytes.length);
    }

    /** A class whose code the library of class files cannot write anew is loaded as it is. */
    private byte[] patient(OwnClass own) {
        try {
            return loops.of(own.model());
        } catch (IllegalArgumentException | IllegalStateException unwritable) {
            return own.bytes();
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
        URL found = findResource(name);
        return found == null ? Collections.emptyEnumeration() : Collections.enumeration(List.of(found));
    }

    @Override
    protected @Nullable URL findResource(String name) {
        String prefix = "META-INF/services/";
        String list = name.startsWith(prefix) ? providers.get(name.substring(prefix.length())) : null;
        if (list == null) {
            return null;
        }
        try {
            return URL.of(URI.create("own:/" + name), new Text(list));
        } catch (IOException malformed) {
            throw new IllegalStateException("the name of a service makes no address: " + name, malformed);
        }
    }

    /** Answers a text, whatever the address. */
    private static final class Text extends URLStreamHandler {
        private final String text;

        Text(String text) {
            this.text = text;
        }

        @Override
        protected URLConnection openConnection(URL address) {
            return new URLConnection(address) {
                @Override
                public void connect() {}

                @Override
                public InputStream getInputStream() {
                    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
                }
            };
        }
    }
}
