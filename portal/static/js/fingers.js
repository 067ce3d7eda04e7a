// What fingers, a mouse and a wheel do to one picture: pinch and two taps zoom, a swipe turns, a tap touches a point.
(() => {
  "use strict";
  const NEAR = 8, TAP_MS = 270, GAP = 24;

  class Fingers {
    constructor(stage, frame, acts) {
      Object.assign(this, { stage, frame, acts, scale: 1, x: 0, y: 0, dragged: 0, fingers: new Map(), tapped: null });
      for (const [name, act] of [["pointerdown", "down"], ["pointermove", "move"], ["pointerup", "up"], ["pointercancel", "cancel"]]) {
        stage.addEventListener(name, (event) => this[act](event));
      }
      stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
      stage.addEventListener("dragstart", (event) => event.preventDefault());
    }
    draw(smooth = false) {
      const { frame, scale } = this;
      frame.classList.toggle("gliding", smooth);
      frame.style.transform = scale === 1 && !this.dragged ? "" : `translate(${this.x + this.dragged}px, ${this.y}px) scale(${scale})`;
      frame.style.setProperty("--z", scale);
      this.stage.classList.toggle("near", scale > 1);
    }
    get most() {
      const picture = this.frame.querySelector("img:last-of-type");
      const own = Number(picture.srcset.match(/(\d+)w$/)?.[1]) || picture.naturalWidth || picture.width; // of the whole one
      return Math.max(3, (1.5 * own) / this.frame.clientWidth);
    }
    to(scale, clientX, clientY, smooth) {
      const box = this.frame.getBoundingClientRect();
      const [centreX, centreY] = [box.left + box.width / 2, box.top + box.height / 2];
      const wanted = Math.min(this.most, Math.max(1, scale));
      const grown = wanted / this.scale;
      this.x += (clientX - centreX) * (1 - grown);
      this.y += (clientY - centreY) * (1 - grown);
      this.scale = wanted;
      if (wanted > 1) for (const one of this.frame.querySelectorAll("img[srcset]")) one.sizes = "2048px"; // the whole one
      this.hold();
      this.draw(smooth);
    }
    hold() {
      if (this.scale === 1) return void (this.x = this.y = 0);
      const room = (size, outer) => Math.max(0, (size * this.scale - outer) / 2);
      const [acrossMost, downMost] = [room(this.frame.clientWidth, this.stage.clientWidth), room(this.frame.clientHeight, Math.min(this.stage.clientHeight, innerHeight))];
      this.x = Math.min(acrossMost, Math.max(-acrossMost, this.x));
      this.y = Math.min(downMost, Math.max(-downMost, this.y));
    }
    wheel(event) {
      if (this.stage.closest("dialog") && innerWidth >= 1000) event.preventDefault(); // the gallery below stays where it is
      if (!event.ctrlKey && this.scale === 1) return;
      event.preventDefault();
      this.to(this.scale * Math.exp(-event.deltaY / 240), event.clientX, event.clientY);
    }
    spread() {
      const [a, b] = [...this.fingers.values()];
      return { size: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    }
    down(event) {
      if (event.target.closest("a, button") || (event.pointerType === "mouse" && event.button)) return;
      this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (this.fingers.size === 1) {
        this.from = { x: event.clientX, y: event.clientY, at: event.timeStamp, left: this.x, top: this.y, moved: false };
      } else {
        this.pinch = this.fingers.size === 2 ? { ...this.spread(), scale: this.scale } : null;
        if (this.from) this.from.moved = true;
        this.settle();
      }
    }
    move(event) {
      const finger = this.fingers.get(event.pointerId);
      if (!finger) return;
      [finger.x, finger.y] = [event.clientX, event.clientY];
      if (this.pinch && this.fingers.size === 2) {
        const now = this.spread();
        this.x += now.x - this.pinch.x;
        this.y += now.y - this.pinch.y;
        [this.pinch.x, this.pinch.y] = [now.x, now.y];
        return this.to((this.pinch.scale * now.size) / this.pinch.size, now.x, now.y);
      }
      if (this.fingers.size !== 1 || !this.from || (event.pointerType === "mouse" && this.scale === 1)) return;
      const [across, down] = [event.clientX - this.from.x, event.clientY - this.from.y];
      if (!this.from.moved && Math.hypot(across, down) < NEAR) return;
      if (!this.from.moved) this.stage.setPointerCapture(event.pointerId);
      this.from.moved = true;
      if (this.scale > 1) {
        [this.x, this.y] = [this.from.left + across, this.from.top + down];
        this.hold();
        this.draw();
      } else if (Math.abs(across) > Math.abs(down) || this.dragged) {
        this.drag(across);
      }
    }
    drag(across) {
      const name = across < 0 ? "after" : "before";
      const wanted = this.acts.slide(name);
      if (this.beside && this.beside !== wanted) this.beside.style.transform = "";
      this.beside = wanted;
      this.dragged = this.beside ? across : across / 4;
      this.draw();
      if (this.beside) this.beside.style.transform = `translate(${(across < 0 ? 1 : -1) * (this.stage.clientWidth + GAP) + across}px, 0)`;
    }
    settle() {
      if (this.beside) this.beside.style.transform = "";
      if (this.beside) this.beside.hidden = true;
      this.beside = null;
      this.dragged = 0;
      this.draw(true);
    }
    up(event) {
      if (!this.fingers.delete(event.pointerId)) return;
      if (this.fingers.size) {
        this.pinch = null;
        const [left] = this.fingers.values();
        this.from = { x: left.x, y: left.y, at: event.timeStamp, left: this.x, top: this.y, moved: true };
        return;
      }
      const from = this.from;
      this.from = this.pinch = null;
      if (!from) return;
      if (this.dragged) {
        const speed = this.dragged / Math.max(1, event.timeStamp - from.at);
        const far = Math.abs(this.dragged) > this.stage.clientWidth / 4 || Math.abs(speed) > 0.45;
        return this.beside && far ? this.acts.turn(this.dragged < 0 ? "after" : "before") : this.settle();
      }
      if (!from.moved) this.tap(event);
    }
    cancel(event) {
      this.fingers.delete(event.pointerId);
      this.from = this.pinch = null;
      this.settle();
    }
    tap(event) {
      const { clientX: x, clientY: y } = event;
      if (this.tapped && Math.hypot(x - this.tapped.x, y - this.tapped.y) < 32) {
        clearTimeout(this.tapped.later);
        this.tapped = null;
        return this.to(this.scale > 1 ? 1 : 2.5, x, y, true);
      }
      if (!event.target.closest("#frame")) return;
      const later = setTimeout(() => {
        this.tapped = null;
        this.acts.touched(x, y);
      }, TAP_MS);
      this.tapped = { x, y, later };
    }
  }

  window.gallery.Fingers = Fingers;
})();
