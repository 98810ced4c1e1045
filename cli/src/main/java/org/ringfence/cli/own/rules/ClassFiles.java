package org.ringfence.cli.own.rules;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Class files that are judged, and how they stand to each other and to the classes they were written against. Names are
 * internal ones, such as {@code java/lang/Object}.
 */
public final class ClassFiles {
    private final Map<String, ClassModel> own = new LinkedHashMap<>();
    private final ClassLoader others;
    private final Map<String, List<String>> below = new LinkedHashMap<>();

    /**
     * Class files.
     *
     * @param own those that are judged
     * @param others finds all else, whose code is not looked at
     */
    public ClassFiles(Collection<ClassModel> own, ClassLoader others) {
        this.others = others;
        for (ClassModel model : own) {
            this.own.put(model.thisClass().asInternalName(), model);
        }
        for (String name : this.own.keySet()) {
            for (String above : above(name)) {
                below.computeIfAbsent(above, type -> new ArrayList<>()).add(name);
            }
        }
    }

    /** Those that are judged. */
    public Collection<ClassModel> own() {
        return own.values();
    }

    boolean isOwn(String name) {
        return own.containsKey(name);
    }

    @Nullable
    ClassModel find(String name) {
        return own.get(name);
    }

    /** Judged classes that extend or implement {@code name}, at any remove. */
    List<String> below(String name) {
        return below.getOrDefault(name, List.of());
    }

    /** A class that is not judged; null where there is none of the name. */
    @Nullable
    Class<?> other(String name) {
        try {
            return Class.forName(name.replace('/', '.'), false, others);
        } catch (ClassNotFoundException | LinkageError missing) {
            return null;
        }
    }

    boolean exists(String name) {
        return name.startsWith("[") || isOwn(name) || other(name) != null;
    }

    /** Whether {@code name} is {@code above}, or extends or implements it at any remove. */
    public boolean isA(String name, String above) {
        return name.equals(above) || above(name).contains(above);
    }

    /** Everything that {@code name} extends or implements, at any remove. */
    private Set<String> above(String name) {
        Set<String> found = new LinkedHashSet<>();
        List<String> open = new ArrayList<>(List.of(name));
        while (!open.isEmpty()) {
            for (String above : directlyAbove(open.removeLast())) {
                if (found.add(above)) {
                    open.add(above);
                }
            }
        }
        return found;
    }

    List<String> directlyAbove(String name) {
        List<String> above = new ArrayList<>();
        ClassModel model = own.get(name);
        if (model != null) {
            model.superclass().map(ClassEntry::asInternalName).ifPresent(above::add);
            model.interfaces().stream().map(ClassEntry::asInternalName).forEach(above::add);
            return above;
        }
        Class<?> type = other(name);
        if (type != null) {
            if (type.getSuperclass() != null) {
                above.add(type.getSuperclass().getName().replace('.', '/'));
            }
            for (Class<?> one : type.getInterfaces()) {
                above.add(one.getName().replace('.', '/'));
            }
        }
        return above;
    }

    boolean isEnum(String name) {
        return isA(name, "java/lang/Enum");
    }

    boolean isRecord(String name) {
        return isA(name, "java/lang/Record");
    }

    boolean isInterface(String name) {
        ClassModel model = own.get(name);
        if (model != null) {
            return model.flags().has(AccessFlag.INTERFACE);
        }
        Class<?> type = other(name);
        return type != null && type.isInterface();
    }

    /** The method of this name and descriptor that a call on {@code owner} begins its search at, in a judged class. */
    Optional<Method> method(String owner, String name, String descriptor) {
        List<String> open = new ArrayList<>(List.of(owner));
        Set<String> seen = new LinkedHashSet<>(open);
        while (!open.isEmpty()) {
            String type = open.removeFirst();
            Optional<Method> found = declared(type, name, descriptor);
            if (found.isPresent()) {
                return found;
            }
            for (String above : directlyAbove(type)) {
                if (isOwn(above) && seen.add(above)) {
                    open.add(above);
                }
            }
        }
        return Optional.empty();
    }

    Optional<Method> declared(String type, String name, String descriptor) {
        ClassModel model = own.get(type);
        return model == null
                ? Optional.empty()
                : model.methods().stream()
                        .filter(method -> method.methodName().equalsString(name)
                                && method.methodType().equalsString(descriptor))
                        .findFirst()
                        .map(method -> new Method(type, method));
    }

    /** A method of a judged class. */
    record Method(String type, MethodModel model) {
        String name() {
            return model.methodName().stringValue();
        }

        boolean isInitialiser() {
            return name().equals("<clinit>");
        }
    }

    @Nullable
    FieldModel field(String type, String name) {
        ClassModel model = own.get(type);
        return model == null
                ? null
                : model.fields().stream().filter(one -> one.fieldName().equalsString(name)).findFirst().orElse(null);
    }

    /** The name of the source file of a judged class. */
    static String source(ClassModel model) {
        return model.findAttribute(Attributes.sourceFile())
                .map(SourceFileAttribute::sourceFile)
                .map(name -> name.stringValue())
                .orElse("");
    }
}
