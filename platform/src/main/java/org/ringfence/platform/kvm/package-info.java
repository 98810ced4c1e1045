/** A software-protected VM of KVM as cases name it: all of KVM's private memory, and no hardware behind it. */
@NullMarked
package org.ringfence.platform.kvm;

import org.jspecify.annotations.NullMarked;
