package org.ringfence.cli.own.rules;

import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which handlers for {@code Throwable} and {@code Error} somebody wrote.
 *
 * <p>try-with-resources and record patterns make the compiler write handlers for {@code Throwable} of its own. They
 * differ from a written one in that the caught value has no name in the table of local variables, yet is read again. A
 * written handler has the name, or ({@code catch (Throwable _)}) never reads the value. {@code finally} is a handler
 * without a type.
 */
final class CaughtErrors {
    private static final Set<String> ERRORS = Set.of("java/lang/Throwable", "java/lang/Error");

    /** Instructions at the beginning of a handler in which it shows whether the compiler wrote it. */
    private static final int OF_A_HANDLER = 16;

    private CaughtErrors() {}

    /** One such handler: what it catches, with dots, and its line, 0 where none is known. */
    record Handler(String type, int line) {}

    /** Those in {@code code}. */
    static List<Handler> in(CodeModel code) {
        List<Handler> found = new ArrayList<>();
        for (ExceptionCatch handler : code.exceptionHandlers()) {
            boolean error = handler.catchType().map(type -> ERRORS.contains(type.asInternalName())).orElse(false);
            if (error && isWritten(code, handler)) {
                found.add(new Handler(
                        handler.catchType().orElseThrow().asInternalName().replace('/', '.'),
                        line(code, handler.handler())));
            }
        }
        return found;
    }

    private static boolean isWritten(CodeModel code, ExceptionCatch handler) {
        List<CodeElement> elements = code.elementList();
        int at = indexOf(elements, handler.handler());
        while (!(elements.get(at) instanceof Instruction)) {
            at++;
        }
        if (!(elements.get(at) instanceof StoreInstruction caught)) {
            return true;
        }
        for (CodeElement element : elements.subList(at + 1, elements.size())) {
            switch (element) {
                case StoreInstruction store when store.slot() == caught.slot() -> {
                    return true;
                }
                case LoadInstruction load when load.slot() == caught.slot() -> {
                    return elements.stream().anyMatch(LocalVariable.class::isInstance)
                            ? isNamed(elements, at, caught.slot())
                            : !isCompilers(elements.subList(at, elements.size()));
                }
                default -> {}
            }
        }
        return true;
    }

    private static boolean isNamed(List<CodeElement> elements, int store, int slot) {
        for (CodeElement element : elements) {
            if (element instanceof LocalVariable variable && variable.slot() == slot) {
                int start = indexOf(elements, variable.startScope());
                if (start > store
                        && elements.subList(store + 1, start).stream().noneMatch(Instruction.class::isInstance)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * try-with-resources adds what {@code close} throws, a record pattern makes a MatchException of what an accessor
     * throws.
     */
    private static boolean isCompilers(List<CodeElement> handler) {
        return handler.stream().filter(Instruction.class::isInstance).limit(OF_A_HANDLER).anyMatch(one -> switch (one) {
            case InvokeInstruction call -> call.name().equalsString("addSuppressed");
            case NewObjectInstruction made -> made.className().asInternalName().equals("java/lang/MatchException");
            default -> false;
        });
    }

    private static int indexOf(List<CodeElement> elements, Label label) {
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) instanceof LabelTarget target && target.label().equals(label)) {
                return i;
            }
        }
        throw new IllegalArgumentException("the method's code has no label " + label);
    }

    /** The line in effect at {@code label}. */
    private static int line(CodeModel code, Label label) {
        int line = 0;
        boolean there = false;
        for (CodeElement element : code) {
            if (element instanceof LineNumber number) {
                line = number.line();
            } else if (element instanceof LabelTarget target && target.label().equals(label)) {
                there = true;
            } else if (there && element instanceof Instruction) {
                return line;
            }
        }
        return line;
    }
}
