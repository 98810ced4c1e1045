package org.ringfence.checker.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Copies of all of this project's classes, some of them mutated. */
final class MutantLoader extends ClassLoader {
    private final List<Mutation> mutations;
    final AtomicInteger places = new AtomicInteger();

    MutantLoader(List<Mutation> mutations) {
        super(MutantLoader.class.getClassLoader());
        this.mutations = mutations;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = name.startsWith("org.ringfence.") ? copy(name) : getParent().loadClass(name);
            }
            return loaded;
        }
    }

    private Class<?> copy(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] code = in.readAllBytes();
            for (Mutation mutation : mutations) {
                if (mutation.type().equals(name)) {
                    code = mutation.apply(code, places);
                }
            }
            return defineClass(name, code, 0, code.length);
        } catch (IllegalArgumentException broken) {
            throw new LinkageError("the mutation of " + name + " makes no code", broken);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** Calls a static method of a copied class; what it throws is a difference too. */
    String call(String type, String method, Object... arguments) {
        try {
            for (var candidate : loadClass(type).getMethods()) {
                if (candidate.getName().equals(method)) {
                    return String.valueOf(candidate.invoke(null, arguments));
                }
            }
            throw new AssertionError(type + " has no " + method);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof LinkageError broken) {
                throw new AssertionError("the mutated code is no code", broken);
            }
            return "threw " + thrown.getCause();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type + " cannot be called", e);
        }
    }
}
