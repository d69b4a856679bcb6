// So that TypeScript takes `import "tidings/react/styles.css"` where no bundler has told it of stylesheets (TS2882).
export {};
